"""The local tapes that ranges are served from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ticktape.feeds.replay_tape import open_tapes
from ticktape.tape.batch import Batch
from ticktape.tape.errors import TapeError
from ticktape.tape.instruments import Instruments
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema, index_field
from ticktape.tape.metadata import schema_of
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import format_time

_NAMES: Final = ("*.dbn", "*.dbn.zst", "*.csv", "*.csv.zst")
_CHUNK_RECORDS: Final = 1 << 16


class ShelvedTape(NamedTuple):
    """A tape that can be asked.

    Attributes
    ----------
    kind : str
        ``"tape"`` or ``"session"``.
    name : str
        For people; never a folder of this machine.
    start_ns, end_ns : int
        What it covers, end exclusive.
    schemas : tuple of Schema
        What it holds.
    instruments, symbols : Instruments, SymbolMap
        Names.
    open : callable
        Gives its batches from the beginning.
    """

    kind: str
    name: str
    start_ns: int
    end_ns: int
    schemas: tuple[Schema, ...]
    instruments: Instruments
    symbols: SymbolMap
    open: Callable[[], Iterable[Batch]]

    def covers(self, start_ns: int, end_ns: int) -> bool:
        """Tell whether all of a range is on it."""
        return self.start_ns <= start_ns and end_ns <= self.end_ns

    def reaches(self, start_ns: int, end_ns: int) -> bool:
        """Tell whether some of a range is on it."""
        return self.start_ns < end_ns and start_ns < self.end_ns

    def symbol_of(self, instrument_id: int) -> str:
        """Give an instrument's raw symbol; its id in digits where it has none."""
        instrument = self.instruments.by_id(instrument_id)
        mapped = self.symbols.symbol_of(instrument_id)
        return instrument.raw_symbol if instrument else mapped or str(instrument_id)

    def span_text(self) -> str:
        """Say what it covers."""
        return f"{format_time(self.start_ns)} to {format_time(self.end_ns)}"


class TapeShelf:
    """Tapes of a replay, and those of a folder.

    Parameters
    ----------
    replayed : sequence of Path
        The tapes that are replayed: one tape together.
    folder : Path, optional
        A folder of DBN and vendor CSV files, each a tape of its own; files that cannot be read are
        passed over and named in `unreadable`.
    """

    def __init__(self, replayed: Sequence[Path] = (), folder: Path | None = None) -> None:
        self._replayed = list(replayed)
        self._folder = folder
        self._known: dict[tuple[Path, ...], tuple[float, ShelvedTape]] = {}
        self.unreadable: list[str] = []

    def tapes(self) -> list[ShelvedTape]:
        """Give every tape, those of the replay first; what has not changed is not read again."""
        found = []
        groups = [tuple(self._replayed)] if self._replayed else []
        if self._folder is not None and self._folder.is_dir():
            files = sorted(path for name in _NAMES for path in self._folder.glob(name))
            groups += [(path,) for path in files if path not in self._replayed]
        self.unreadable = []
        for group in groups:
            try:
                tape = self._look_at(group)
            except TapeError as error:
                self.unreadable.append(str(error))
                continue
            if tape is not None:
                found.append(tape)
        return found

    def replayed(self) -> ShelvedTape | None:
        """Give the tape of the replay; None where there is none, or nothing on it."""
        return self._look_at(tuple(self._replayed)) if self._replayed else None

    def _look_at(self, paths: tuple[Path, ...]) -> ShelvedTape | None:
        changed = max((path.stat().st_mtime for path in paths if path.exists()), default=0.0)
        if paths in self._known and self._known[paths][0] == changed:
            return self._known[paths][1]
        tape = shelve(paths)
        if tape is not None:
            self._known[paths] = changed, tape
        return tape


def shelve(paths: Sequence[Path]) -> ShelvedTape | None:
    """Look through files once, and make a tape of them that can be asked.

    Parameters
    ----------
    paths : sequence of Path
        DBN, vendor CSV and Parquet files, merged by time.

    Returns
    -------
    ShelvedTape or None
        None where they hold no records with a time.

    Raises
    ------
    TapeError
        If a file cannot be read.
    """
    tape = open_tapes(paths, _CHUNK_RECORDS)
    symbols = SymbolMap.from_metadata(tape.metadata)
    instruments = Instruments()
    schemas: dict[Schema, None] = {}
    start_ns, end_ns, publisher_id = UNDEF_TIMESTAMP, 0, 0
    for schema, records in tape:
        if schema == Schema.DEFINITION:
            instruments.add_records(records)
        elif schema == Schema.SYMBOL_MAPPING:
            symbols.add_mapping_records(records)
        elif schema not in {Schema.SYSTEM, Schema.ERROR} and len(records):
            schemas[schema] = None
            times = records[index_field(schema)]
            start_ns = min(start_ns, int(times.min()))
            end_ns = max(end_ns, int(times.max()) + 1)
            publisher_id = publisher_id or int(records["publisher_id"][0])
    if not schemas:
        return None
    metadata = tape.metadata
    start_ns = min(start_ns, int(metadata.start)) if schema_of(metadata) else start_ns
    if metadata.end is not None and metadata.end != UNDEF_TIMESTAMP:
        end_ns = max(end_ns, int(metadata.end))
    told = Instruments.from_symbol_map(symbols, start_ns, publisher_id)
    known = {one.instrument_id for one in instruments}
    both = Instruments([*(one for one in told if one.instrument_id not in known), *instruments])
    return ShelvedTape(
        "tape",
        ", ".join(path.name for path in paths),
        start_ns,
        end_ns,
        tuple(schemas),
        both,
        symbols,
        lambda: open_tapes(paths, _CHUNK_RECORDS),
    )
