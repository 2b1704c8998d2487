"""Books over a range of a tape, written in some format: for the web API and the command line.

Everything is done run by run: what is held at once depends on how many levels are asked for, not
on how long the range is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeGuard, get_args

import numpy as np
from msgspec.json import encode as json_encode

from ticktape.book.derive_quotes import QuoteDeriver
from ticktape.book.level_rows import LevelRowDeriver, LevelRows
from ticktape.store.export_forms import as_csv, as_json, as_ndjson, as_parquet
from ticktape.store.mbo_log import MboLog
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import Schema, new_records
from ticktape.tape.metadata import Mappings, make_metadata
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import parse_time

Format = Literal["json", "ndjson", "csv", "parquet", "dbn"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
MOST_LEVELS: Final = 1_000
_QUOTES: Final = {1: Schema.MBP_1, 10: Schema.MBP_10}
# Numbers beyond are nanoseconds since 1970, and no positions.
MOST_POSITION: Final = 2**53
_RUN_RECORDS: Final = 1 << 15
# An event that a checkpoint stands in is over this many records later.
LEAD_RECORDS: Final = 1 << 12
_EVERY_EVENT: Final = "event"


class Run(NamedTuple):
    """Records of a tape, one after the other.

    Attributes
    ----------
    positions : numpy.ndarray
        ``int64``.
    records : numpy.ndarray
        dtype ``LAYOUTS[Schema.MBO]``.
    is_wanted : bool
        Whether they are in the range, or only lead to the books at its beginning.
    """

    positions: np.ndarray
    records: np.ndarray
    is_wanted: bool

    def of(self, instrument_ids: Collection[int] | None) -> Run:
        """Give those of some instruments alone; all where None."""
        if instrument_ids is None:
            return self
        mask = np.isin(self.records["instrument_id"], np.array(sorted(instrument_ids), np.uint32))
        return Run(self.positions[mask], self.records[mask], self.is_wanted)


class ExportedTape(NamedTuple):
    """What the export says of the tape it is of.

    Attributes
    ----------
    dataset : str
        Code of the dataset.
    symbols : SymbolMap
        Names, for the metadata of DBN.
    symbol_of : callable
        Gives the symbol of an instrument id.
    """

    dataset: str
    symbols: SymbolMap
    symbol_of: Callable[[int], str]


class Shape(NamedTuple):
    """What the rows are; made by :func:`shape_of`.

    Attributes
    ----------
    levels : int
        Levels of each side.
    every_ns : int
        Length of an interval; 0 for a row an event.
    format : str
        One of ``FORMATS``.
    """

    levels: int
    every_ns: int
    format: Format


def shape_of(levels: int, every: str, form: str) -> Shape:
    """Check what is asked for.

    Parameters
    ----------
    levels : int
        Levels of each side, 1 to 1,000.
    every : str
        ``"event"``, or the length of an interval: ``"1s"``, ``"5m"``.
    form : str
        One of ``FORMATS``.

    Raises
    ------
    BadValueError
        If something is not served, or does not go with the rest.
    """
    from ticktape.flow.bars import parse_every  # noqa: PLC0415 -- loads the kernels of bars

    if not _is_format(form):
        raise BadValueError(f"{form!r} is no format", hint=f"choose of {', '.join(FORMATS)}")
    if not 1 <= levels <= MOST_LEVELS:
        raise BadValueError(f"{levels} levels are not served", hint=f"choose 1 to {MOST_LEVELS}")
    every_ns = 0 if every == _EVERY_EVENT else parse_every(every)
    if form == "dbn" and levels not in _QUOTES:
        raise BadValueError(
            f"DBN has records of 1 or 10 levels, not of {levels}",
            hint="choose 1 (mbp-1) or 10 (mbp-10) levels, or another format",
        )
    if form == "dbn" and every_ns:
        raise BadValueError(
            "the DBN records of books tell every change, not the state at intervals",
            hint="leave out every, or choose another format",
        )
    return Shape(levels, every_ns, form)


def _is_format(text: str) -> TypeGuard[Format]:
    return text in FORMATS


def parse_place(text: str) -> tuple[int | None, int | None]:
    """Read a place on a tape: a position, or a time.

    Parameters
    ----------
    text : str
        Digits below 2^53 are a position; anything else a time, RFC 3339 or nanoseconds.

    Returns
    -------
    tuple
        A position or None, and nanoseconds or None.

    Raises
    ------
    BadValueError
        If it is neither.
    """
    if text.isascii() and text.isdecimal() and int(text) < MOST_POSITION:
        return int(text), None
    return None, parse_time(text)


def log_runs(
    log: MboLog, begin: int, end: int, instrument_ids: Collection[int] | None
) -> Iterator[Run]:
    """Read a range of a log, and what leads to the books at its beginning.

    Raises
    ------
    PositionGoneError
        If the log does not have its beginning any more.
    """
    lead = max(log.first_position, begin - LEAD_RECORDS)
    found = log.checkpoint(min(lead, begin))
    yield Run(np.full(len(found.records), found.position), found.records, is_wanted=False).of(
        instrument_ids
    )
    position = found.position
    while position < end:
        stop = begin if position < begin else end
        records = log.read(position, min(_RUN_RECORDS, stop - position))
        if not len(records):
            return
        positions = np.arange(position, position + len(records))
        yield Run(positions, records, position >= begin).of(instrument_ids)
        position += len(records)


def tape_runs(
    pieces: Iterable[np.ndarray],
    begin: tuple[int | None, int | None],
    end: tuple[int | None, int | None],
    instrument_ids: Collection[int] | None,
) -> Iterator[Run]:
    """Read a range of a tape from its beginning on.

    Parameters
    ----------
    pieces : iterable of numpy.ndarray
        Its ``mbo`` records.
    begin, end : tuple
        Places as from :func:`parse_place`; the end is exclusive. A time means the first record
        that is not before it, as for an ``MboLog``.
    instrument_ids : collection of int, optional
        Take these instruments' alone.

    Yields
    ------
    Run
    """
    position = 0
    latest = np.uint64(0)
    for records in pieces:
        if not len(records):
            continue
        times = np.maximum.accumulate(records["ts_recv"])
        times = np.maximum(times, latest)
        latest = times[-1]
        positions = np.arange(position, position + len(records))
        position += len(records)
        first = _before(positions, times, *begin, nothing=0)
        last = max(_before(positions, times, *end, nothing=len(records)), first)
        for part, is_wanted in ((slice(0, first), False), (slice(first, last), True)):
            if len(positions[part]):
                yield Run(positions[part], records[part], is_wanted).of(instrument_ids)
        if last < len(records) and first < len(records):
            return


def _before(
    positions: np.ndarray,
    times: np.ndarray,
    position: int | None,
    time_ns: int | None,
    nothing: int,
) -> int:
    """Count the records of a run that are before a place."""
    if position is not None:
        return int(np.clip(position - int(positions[0]), 0, len(positions)))
    if time_ns is not None:
        return int(np.searchsorted(times, np.uint64(max(time_ns, 0))))
    return nothing


def export_pieces(runs: Iterable[Run], shape: Shape, tape: ExportedTape) -> Iterator[bytes]:
    """Write the books of a range.

    Parameters
    ----------
    runs : iterable of Run
        Records, from :func:`log_runs` or :func:`tape_runs`.
    shape : Shape
        What the rows are.
    tape : ExportedTape
        What they are of.

    Yields
    ------
    bytes
        The file, piece by piece.
    """
    if shape.format == "dbn":
        return _dbn(runs, shape.levels, tape)
    rows = _rows(runs, shape)
    if shape.format == "json":
        return as_json(rows, tape.symbol_of)
    if shape.format == "ndjson":
        return as_ndjson(rows, tape.symbol_of)
    write = as_csv if shape.format == "csv" else as_parquet
    return write(rows, tape.symbol_of, shape.levels)


def broken_off(form: Format, code: str, message: str) -> bytes:
    """Write how a file ends that cannot be written on, so that no reader takes it for whole.

    Parameters
    ----------
    form : str
        One of ``FORMATS``.
    code, message : str
        Why.

    Returns
    -------
    bytes
        A JSON line, a line of CSV that is no row, a DBN error record; nothing for JSON, whose list
        stays open, and Parquet, which stays without its footer.
    """
    if form == "ndjson":
        return json_encode({"error": {"code": code, "message": message}}) + b"\n"
    if form == "csv":
        return f"# broken off ({code}): {' '.join(message.split())}\n".encode()
    if form == "dbn":
        told = new_records(Schema.ERROR, 1)
        told["err"], told["code"], told["is_last"] = message.encode()[:301], 255, 1
        return told.tobytes()
    return b""


def _rows(runs: Iterable[Run], shape: Shape) -> Iterator[LevelRows]:
    deriver = LevelRowDeriver(shape.levels, shape.every_ns)
    for positions, records, is_wanted in runs:
        yield from deriver.update(records, positions, is_wanted=is_wanted)
    yield from deriver.flush()


def _dbn(runs: Iterable[Run], levels: int, tape: ExportedTape) -> Iterator[bytes]:
    schema = _QUOTES[levels]
    mappings = tape.symbols.to_mappings()
    deriver = QuoteDeriver(schema)
    has_begun = False
    for _, records, is_wanted in runs:
        if is_wanted and len(records) and not has_begun:
            has_begun = True
            yield _header(tape, schema, mappings, int(records["ts_recv"][0]))
        quotes = deriver.update(records)
        if is_wanted and len(quotes):
            yield quotes.tobytes()
    if not has_begun:
        yield _header(tape, schema, mappings, 0)


def _header(tape: ExportedTape, schema: Schema, mappings: Mappings, start_ns: int) -> bytes:
    metadata = make_metadata(tape.dataset, schema, start_ns, None, sorted(mappings), mappings)
    return bytes(metadata.encode())
