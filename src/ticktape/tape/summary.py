"""What is in a tape: counts, times, instruments, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import Tape
from ticktape.tape.files import Records
from ticktape.tape.layouts import LAYOUTS, UNDEF_TIMESTAMP, Schema, index_field
from ticktape.tape.metadata import DBN_VERSION, metadata_end_ns, schema_of
from ticktape.tape.record_runs import Cut
from ticktape.tape.symbol_map import SymbolMap

# A gateway's own words: their headers do not name what others' do.
_OF_NO_INSTRUMENT: Final = frozenset({Schema.SYSTEM, Schema.ERROR})
_OF_NO_PUBLISHER: Final = _OF_NO_INSTRUMENT | {Schema.SYMBOL_MAPPING}


@dataclass
class TapeSummary:
    """What is in a tape.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    size : int
        Its bytes.
    schema : str or None
        What the metadata states, or the one schema of all records; None for a mixed tape.
    dataset : str
        Dataset code.
    version : int
        DBN version of the file.
    records : int
        Whole records.
    start_ns, end_ns : int or None
        The range the metadata states, else that of the records; the end is one past the last.
    first_ns, last_ns : int or None
        Least and largest index time of the records.
    symbols : list of str
        As asked for when the tape was made.
    stype_in : str or None
        What kind of symbols these are.
    mappings : int
        Symbols in the mapping table.
    schemas : Counter
        Records by schema.
    actions : Counter
        Records by action, for schemas that have one.
    publishers : Counter
        Records by publisher id.
    instruments : Counter
        Records by instrument id.
    instrument_symbols : dict of int to str
        Symbols of those instruments, where known.
    ts_out : bool
        True if records carry the gateway's send time.
    cut : Cut or None
        Where the file ends too early.
    skipped : Counter
        Records of unknown types, by type.
    """

    path: Path
    size: int
    schema: str | None
    dataset: str
    version: int
    start_ns: int | None
    end_ns: int | None
    symbols: list[str]
    stype_in: str | None
    mappings: int
    ts_out: bool
    records: int = 0
    first_ns: int | None = None
    last_ns: int | None = None
    schemas: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    publishers: Counter[int] = field(default_factory=Counter)
    instruments: Counter[int] = field(default_factory=Counter)
    instrument_symbols: dict[int, str] = field(default_factory=dict)
    cut: Cut | None = None
    skipped: Counter[int] = field(default_factory=Counter)

    def add(self, batch: Batch) -> None:
        """Count a batch.

        Parameters
        ----------
        batch : Batch
            The next records.
        """
        records = batch.records
        self.records += len(records)
        self.schemas[str(batch.schema)] += len(records)
        layout = LAYOUTS[batch.schema]
        if "action" in (layout.names or ()) and layout["action"].itemsize == 1:
            counts = np.bincount(records["action"], minlength=256)
            self.actions.update(
                {chr(code): int(counts[code]) for code in np.flatnonzero(counts).tolist()}
            )
        for counter, name, silent in (
            (self.publishers, "publisher_id", _OF_NO_PUBLISHER),
            (self.instruments, "instrument_id", _OF_NO_INSTRUMENT),
        ):
            if batch.schema not in silent:
                values, counts = np.unique(records[name], return_counts=True)
                counter.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))
        times = records[index_field(batch.schema)]
        times = times[times != UNDEF_TIMESTAMP]
        if len(times):
            first, last = int(times.min()), int(times.max())
            self.first_ns = first if self.first_ns is None else min(self.first_ns, first)
            self.last_ns = last if self.last_ns is None else max(self.last_ns, last)


def summarise(
    path: Path | str, tape: Records, batches: Iterable[Batch] | None = None
) -> TapeSummary:
    """Read a tape through and say what is in it.

    Parameters
    ----------
    path : path
        The file, for its size.
    tape : Records
        The open tape.
    batches : iterable of Batch, optional
        The tape's batches, where the caller watches them pass.

    Returns
    -------
    TapeSummary
    """
    path = Path(path)
    metadata = tape.metadata
    stated = schema_of(metadata)
    summary = TapeSummary(
        path=path,
        size=path.stat().st_size,
        schema=None if stated is None else str(stated),
        dataset=metadata.dataset,
        version=tape.versions[0] if isinstance(tape, Tape) else DBN_VERSION,
        start_ns=metadata.start,
        end_ns=metadata_end_ns(metadata),
        symbols=list(metadata.symbols),
        stype_in=None if metadata.stype_in is None else str(metadata.stype_in),
        mappings=len(metadata.mappings),
        ts_out=isinstance(tape, Tape) and tape.has_ts_out,
    )
    live_symbols = SymbolMap()
    defined: dict[int, str] = {}
    for batch in tape if batches is None else batches:
        summary.add(batch)
        if batch.schema is Schema.SYMBOL_MAPPING:
            live_symbols.add_mapping_records(batch.records)
        elif batch.schema is Schema.DEFINITION:
            ids, raw_symbols = batch.records["instrument_id"], batch.records["raw_symbol"]
            names = (name.decode("latin-1") for name in raw_symbols.tolist())
            defined.update(zip(ids.tolist(), names, strict=True))
    summary.cut = tape.cut
    summary.skipped = tape.skipped if isinstance(tape, Tape) else Counter()
    if stated is None and len(summary.schemas) == 1:
        summary.schema = next(iter(summary.schemas))
    if not summary.start_ns or summary.start_ns == UNDEF_TIMESTAMP:
        summary.start_ns = summary.first_ns
    if summary.end_ns is None and summary.last_ns is not None:
        summary.end_ns = summary.last_ns + 1
    symbols = SymbolMap.from_metadata(metadata)
    for instrument_id in summary.instruments:
        known = symbols.symbol_of(instrument_id, summary.first_ns) or symbols.symbol_of(
            instrument_id
        )
        known = known or live_symbols.symbol_of(instrument_id) or defined.get(instrument_id)
        if known:
            summary.instrument_symbols[instrument_id] = known
    return summary
