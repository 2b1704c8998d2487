"""A range of a tape: one schema, some instruments, made from what the tape holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ticktape.flow.bars import TimeBars
from ticktape.flow.derive import SOURCES, make_deriver
from ticktape.server.rows import WITH_TRADES
from ticktape.tape.batch import Batch
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.intervals import BAR_LENGTHS_NS, known_times
from ticktape.tape.layouts import Schema, index_field


class Wanted(NamedTuple):
    """A range, asked for.

    Attributes
    ----------
    schema : Schema
        What the rows are.
    instrument_ids : numpy.ndarray
        ``uint32``.
    start_ns, end_ns : int
        By the schema's index time; the end is exclusive.
    until_ns : int
        Nothing at or after this time counts, also not in a bar that began before.
    limit : int
        Most rows.
    """

    schema: Schema
    instrument_ids: np.ndarray
    start_ns: int
    end_ns: int
    until_ns: int
    limit: int


def best_source(held: Iterable[Schema], wanted: Schema) -> Schema | None:
    """Choose which of the schemas on a tape to make another from.

    Parameters
    ----------
    held : iterable of Schema
        Schemas on the tape.
    wanted : Schema
        What is asked for.

    Returns
    -------
    Schema or None
        None where none of them will do.
    """
    schemas = set(held)
    if wanted in schemas:
        return wanted
    for source in SOURCES:
        if source in schemas and can_make(source, wanted):
            return source
    return None


def can_make(source: Schema, wanted: Schema) -> bool:
    """Tell whether one schema can be made from another."""
    try:
        make_deriver(source, wanted)
    except WrongSchemaError:
        return False
    return True


def cut_range(batches: Iterable[Batch], source: Schema, wanted: Wanted) -> np.ndarray:
    """Cut a range out of a tape.

    Parameters
    ----------
    batches : iterable of Batch
        The tape from its beginning; other schemas than `source` are passed over.
    source : Schema
        The schema to make the rows from.
    wanted : Wanted
        The range.

    Returns
    -------
    numpy.ndarray
        Records of the wanted schema, or rows of ``flow.TimeBars`` where bars are made of trades;
        at most ``limit``, oldest first.
    """
    parts: list[np.ndarray] = []
    count = 0
    for rows in _made(batches, source, wanted):
        found = _within(rows, wanted)
        parts.append(found)
        count += len(found)
        if count > wanted.limit:
            break
    if not parts:
        return np.zeros(0, TimeBars.rows)
    return np.concatenate(parts)[: wanted.limit + 1]


def _within(rows: np.ndarray, wanted: Wanted) -> np.ndarray:
    times = rows["ts_recv"] if "ts_recv" in (rows.dtype.names or ()) else rows["ts_event"]
    inside = (times >= wanted.start_ns) & (times < min(wanted.end_ns, wanted.until_ns))
    return rows[inside & np.isin(rows["instrument_id"], wanted.instrument_ids)]


def _made(batches: Iterable[Batch], source: Schema, wanted: Wanted) -> Iterator[np.ndarray]:
    every_ns = BAR_LENGTHS_NS.get(wanted.schema)
    bars = TimeBars(every_ns) if every_ns and source in WITH_TRADES else None
    deriver = bars or make_deriver(source, wanted.schema)
    # A bar that begins inside the range is made of everything until its own end.
    last_ns = wanted.end_ns + (every_ns or 0)
    time_field = index_field(source)
    # Whatever needs a book needs the tape from its beginning; bars and trades do not.
    first_ns = wanted.start_ns if bars or source == wanted.schema else 0
    for schema, records in batches:
        if schema != source or not len(records):
            continue
        times = records[time_field]
        if times[-1] < first_ns:
            continue
        known = known_times(Batch(schema, records))
        ended = times[-1] >= last_ns or known[-1] >= wanted.until_ns
        kept = records[(times < last_ns) & (known < wanted.until_ns)] if ended else records
        if bars is not None:
            kept = kept[np.isin(kept["instrument_id"], wanted.instrument_ids)]
            kept = kept[kept[time_field] >= first_ns]
        if len(kept):
            yield deriver.update(kept)
        if times[0] >= last_ns or known[0] >= wanted.until_ns:
            break
    yield deriver.flush()
