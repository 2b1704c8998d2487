"""The metadata in front of a tape: made, decoded, merged. The type is the vendor's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import databento_dbn as dbn
from databento_dbn import metadata as dbn_metadata

from ticktape.tape.errors import BadValueError, NotDbnError
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema
from ticktape.tape.times import date_to_ns

DBN_MAGIC: Final = b"DBN"
DBN_VERSION: Final = 3
# "DBN", version u8, then the length of what follows, u32.
PRELUDE_BYTES: Final = 8
_OLDEST_VERSION: Final = 1
# A mapping takes about 170 bytes: this is room for more than a million.
_LARGEST_METADATA: Final = 1 << 28
# A DBN file has a dataset code of at most 15 characters.
MIXED_DATASETS: Final = "MIXED"


@dataclass(order=True, unsafe_hash=True)
class MappingInterval:
    """What a symbol stood for on some days.

    Attributes
    ----------
    start_date : datetime.date
        First day (UTC).
    end_date : datetime.date
        The day after the last.
    symbol : str
        The symbol of the output type: usually an instrument id, in digits.
    """

    start_date: date
    end_date: date
    symbol: str


@dataclass
class _Mapping:
    raw_symbol: str
    intervals: Sequence[dbn_metadata.MappingInterval]


Entry = MappingInterval | Mapping[str, Any] | tuple[date, date, str]
Mappings = Mapping[str, Iterable[Entry]]


def make_metadata(
    dataset: str,
    schema: Schema | str | None,
    start_ns: int,
    end_ns: int | None = None,
    symbols: Sequence[str] = (),
    mappings: Mappings | None = None,
    *,
    stype_in: str | dbn.SType | None = "raw_symbol",
    stype_out: str | dbn.SType = "instrument_id",
    limit: int | None = None,
    ts_out: bool = False,
    partial: Sequence[str] = (),
    not_found: Sequence[str] = (),
) -> dbn.Metadata:
    """Make the metadata of a tape, DBN version 3.

    Parameters
    ----------
    dataset : str
        Dataset code, for example ``"GLBX.MDP3"``; at most 15 characters.
    schema : Schema, str or None
        None for a tape of several schemas.
    start_ns, end_ns : int
        First and one past the last nanosecond; ``end_ns`` None where it is not known yet.
    symbols : sequence of str
        The symbols as asked for.
    mappings : mapping, optional
        Symbol to intervals: ``(start_date, end_date, symbol)`` or the dictionaries of
        ``Metadata.mappings``.
    stype_in, stype_out : str or databento_dbn.SType
        Symbology types of the symbols and of what they map to; ``stype_in`` None where mixed.
    limit : int, optional
        Most records asked for.
    ts_out : bool
        True if every record carries the gateway's send time.
    partial, not_found : sequence of str
        Symbols that resolved on some days only, or never.

    Returns
    -------
    databento_dbn.Metadata

    Raises
    ------
    BadValueError
        If the dataset, the schema or a symbology type cannot be written.
    """
    try:
        metadata = dbn.Metadata(
            dataset=dataset,
            start=int(start_ns),
            end=None if end_ns is None or end_ns == UNDEF_TIMESTAMP else int(end_ns),
            schema=None if schema is None else dbn.Schema.from_str(str(schema)),
            symbols=list(symbols),
            mappings=[
                _Mapping(symbol, [_interval(entry) for entry in entries])
                for symbol, entries in (mappings or {}).items()
            ],
            stype_in=None if stype_in is None else dbn.SType.from_str(str(stype_in)),
            stype_out=dbn.SType.from_str(str(stype_out)),
            limit=limit,
            ts_out=ts_out,
            partial=list(partial),
            not_found=list(not_found),
            version=DBN_VERSION,
        )
        metadata.encode()
    except (dbn.DBNError, ValueError, TypeError, OverflowError) as error:
        raise BadValueError(f"cannot make metadata: {error}") from error
    return metadata


def _interval(entry: Entry) -> MappingInterval:
    if isinstance(entry, MappingInterval):
        return entry
    if isinstance(entry, Mapping):
        entry = (entry["start_date"], entry["end_date"], entry["symbol"])
    start, end, symbol = entry
    return MappingInterval(start, end, str(symbol))


def metadata_bytes_left(prelude: bytes) -> int:
    """Tell from a tape's first eight bytes how many more the metadata has.

    Parameters
    ----------
    prelude : bytes
        The first eight bytes.

    Returns
    -------
    int
        Bytes of metadata after these eight.

    Raises
    ------
    NotDbnError
        If they do not begin DBN, are of a version this release does not know, or claim metadata
        larger than any.
    """
    if len(prelude) < PRELUDE_BYTES or prelude[:3] != DBN_MAGIC:
        raise NotDbnError("does not begin with DBN metadata")
    if not _OLDEST_VERSION <= prelude[3] <= DBN_VERSION:
        raise NotDbnError(
            f"is of DBN version {prelude[3]}, known are {_OLDEST_VERSION} to {DBN_VERSION}"
        )
    left = int.from_bytes(prelude[4:8], "little")
    if left > _LARGEST_METADATA:
        raise NotDbnError(f"has damaged metadata: it claims {left} bytes")
    return left


def decode_metadata(encoded: bytes) -> dbn.Metadata:
    """Decode metadata, whatever its version, as version 3.

    Parameters
    ----------
    encoded : bytes
        From the first byte of the tape; what follows the metadata is ignored.

    Returns
    -------
    databento_dbn.Metadata

    Raises
    ------
    NotDbnError
        If the bytes are no metadata.
    """
    metadata_bytes_left(encoded[:PRELUDE_BYTES])
    try:
        return dbn.Metadata.decode(encoded)
    except (dbn.DBNError, ValueError, OverflowError) as error:
        raise NotDbnError(f"has damaged metadata: {error}") from error


def metadata_end_ns(metadata: dbn.Metadata) -> int | None:
    """Give the end of a tape's time range, or None where it is open.

    Parameters
    ----------
    metadata : databento_dbn.Metadata
        The tape's metadata.

    Returns
    -------
    int or None
        One past the last nanosecond.
    """
    end = metadata.end
    return None if end is None or end == UNDEF_TIMESTAMP else int(end)


def merge_metadata(parts: Sequence[dbn.Metadata]) -> dbn.Metadata:
    """Make the metadata of several tapes that are read as one.

    Parameters
    ----------
    parts : sequence of databento_dbn.Metadata
        At least one.

    Returns
    -------
    databento_dbn.Metadata
        The range that covers them; every symbol and mapping once; ``schema`` and ``stype_in`` None
        where they differ, ``dataset`` ``"MIXED"``.
    """
    if len(parts) == 1:
        return parts[0]
    datasets = {part.dataset for part in parts}
    schemas = {part.schema for part in parts}
    stypes = {part.stype_in for part in parts}
    ends = [metadata_end_ns(part) for part in parts]
    known_ends = [end for end in ends if end is not None]
    mappings: dict[str, set[MappingInterval]] = {}
    for part in parts:
        for symbol, entries in part.mappings.items():
            mappings.setdefault(symbol, set()).update(_interval(entry) for entry in entries)
    return make_metadata(
        dataset=datasets.pop() if len(datasets) == 1 else MIXED_DATASETS,
        schema=schemas.pop() if len(schemas) == 1 else None,
        start_ns=min(part.start for part in parts),
        end_ns=max(known_ends) if len(known_ends) == len(ends) else None,
        symbols=list(dict.fromkeys(symbol for part in parts for symbol in part.symbols)),
        mappings={symbol: sorted(intervals) for symbol, intervals in mappings.items()},
        stype_in=stypes.pop() if len(stypes) == 1 else None,
        stype_out=parts[0].stype_out,
        ts_out=any(part.ts_out for part in parts),
        partial=list(dict.fromkeys(symbol for part in parts for symbol in part.partial)),
        not_found=list(dict.fromkeys(symbol for part in parts for symbol in part.not_found)),
    )


def interval_ns(entry: Entry) -> tuple[int, int, str]:
    """Turn a mapping interval's dates into times.

    Parameters
    ----------
    entry : MappingInterval, mapping or tuple
        An entry of ``Metadata.mappings``, or ``(start_date, end_date, symbol)``.

    Returns
    -------
    tuple of int, int, str
        First nanosecond, one past the last, symbol.
    """
    interval = _interval(entry)
    # Open mappings are written with dates far beyond what 64 bits of nanoseconds reach.
    start_ns = max(date_to_ns(interval.start_date), 0)
    end_ns = min(max(date_to_ns(interval.end_date), 0), UNDEF_TIMESTAMP)
    return min(start_ns, UNDEF_TIMESTAMP), end_ns, interval.symbol


def schema_of(metadata: dbn.Metadata) -> Schema | None:
    """Give the schema that metadata states, or None for a tape of several.

    Parameters
    ----------
    metadata : databento_dbn.Metadata
        Of a tape.

    Returns
    -------
    Schema or None
    """
    return None if metadata.schema is None else Schema(str(metadata.schema))


def without_ts_out(metadata: dbn.Metadata) -> dbn.Metadata:
    """Give metadata that differs only in that records have no send time.

    Parameters
    ----------
    metadata : databento_dbn.Metadata
        Of a tape.

    Returns
    -------
    databento_dbn.Metadata
    """
    return _remade(metadata, metadata.mappings, metadata.stype_in, metadata.stype_out)


def with_mappings(metadata: dbn.Metadata, mappings: Mappings) -> dbn.Metadata:
    """Give metadata that differs only in its mappings.

    Parameters
    ----------
    metadata : databento_dbn.Metadata
        Of a tape.
    mappings : mapping
        Symbol to intervals of instrument ids.

    Returns
    -------
    databento_dbn.Metadata
        Its output symbols are instrument ids; input symbols that were such become raw ones.
    """
    ids_first = str(metadata.stype_in) == "instrument_id"
    stype_in = "raw_symbol" if ids_first else metadata.stype_in
    return _remade(metadata, mappings, stype_in, "instrument_id", ts_out=metadata.ts_out)


def _remade(
    metadata: dbn.Metadata,
    mappings: Mappings,
    stype_in: str | dbn.SType | None,
    stype_out: str | dbn.SType,
    *,
    ts_out: bool = False,
) -> dbn.Metadata:
    return make_metadata(
        dataset=metadata.dataset,
        schema=schema_of(metadata),
        start_ns=metadata.start,
        end_ns=metadata_end_ns(metadata),
        symbols=metadata.symbols,
        mappings=mappings,
        stype_in=stype_in,
        stype_out=stype_out,
        limit=metadata.limit or None,
        ts_out=ts_out,
        partial=metadata.partial,
        not_found=metadata.not_found,
    )
