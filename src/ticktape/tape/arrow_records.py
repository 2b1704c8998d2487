"""Records as Arrow tables and back, exactly: what CSV, Parquet and polars are made from."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ticktape.tape.columns import SYMBOL_COLUMN, Kind, columns_of
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import (
    LAYOUTS,
    PRICE_SCALE,
    UNDEF_PRICE,
    UNDEF_TIMESTAMP,
    Schema,
    new_records,
)
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import format_times

# Every 64-bit price fits 19 digits, nine of them after the point.
PRICE_TYPE: Final = pa.decimal128(19, 9)
TIME_TYPE: Final = pa.timestamp("ns", tz="UTC")
_SIGNED_LIMIT: Final = np.uint64(2**63)


def text_array(values: np.ndarray) -> pa.Array:
    """Turn bytes into text.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n,)``, dtype ``u1`` or ``S``; text ends at the first zero byte.

    Returns
    -------
    pyarrow.Array
        Of ``large_string``.
    """
    cells = np.ascontiguousarray(values).view(np.uint8)
    cells = cells.reshape(len(values), values.dtype.itemsize)
    ends = (cells == 0).argmax(axis=1) if len(values) else np.empty(0, np.intp)
    full = cells[np.arange(len(values)), ends] != 0
    lengths = np.where(full, cells.shape[1], ends)
    content = cells[np.arange(cells.shape[1]) < lengths[:, None]]
    if (content >= 128).any():
        texts = [
            row[:end].tobytes().decode("utf-8", "replace")
            for row, end in zip(cells, lengths, strict=True)
        ]
        return pa.array(texts, pa.large_string())
    offsets = np.zeros(len(values) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(content)]
    return pa.Array.from_buffers(pa.large_string(), len(values), buffers)


def price_array(prices: np.ndarray) -> pa.Array:
    """Turn prices into exact decimals.

    Parameters
    ----------
    prices : numpy.ndarray
        Shape ``(n,)``, ``int64``, units of 1e-9.

    Returns
    -------
    pyarrow.Array
        Of ``PRICE_TYPE``; null for the undefined price.
    """
    words = np.empty((len(prices), 2), np.int64)
    words[:, 0] = prices
    words[:, 1] = words[:, 0] >> 63
    mask = _mask(prices != UNDEF_PRICE)
    return pa.Array.from_buffers(PRICE_TYPE, len(prices), [mask, pa.py_buffer(words)])


def price_text(prices: np.ndarray) -> pa.Array:
    """Turn prices into the vendor's text: always nine digits after the point.

    Parameters
    ----------
    prices : numpy.ndarray
        Shape ``(n,)``, ``int64``, units of 1e-9.

    Returns
    -------
    pyarrow.Array
        Of ``string``; null for the undefined price.
    """
    prices = np.ascontiguousarray(prices)
    # As unsigned, so that the lowest price has a size too.
    scale = np.uint64(PRICE_SCALE)
    whole, fraction = np.divmod(np.abs(prices).view(np.uint64), scale)
    digits = pc.utf8_slice_codeunits(pa.array(fraction + scale).cast(pa.string()), 1)
    sign = pa.array(["", "-"]).take(pa.array((prices < 0).view(np.int8)))
    text = pc.binary_join_element_wise(
        pc.binary_join_element_wise(sign, pa.array(whole).cast(pa.string()), ""), digits, "."
    )
    return pc.if_else(pa.array(prices != UNDEF_PRICE), text, pa.scalar(None, pa.string()))


def time_array(times: np.ndarray) -> pa.Array:
    """Turn times into Arrow's timestamps.

    Parameters
    ----------
    times : numpy.ndarray
        Shape ``(n,)``, ``uint64`` nanoseconds.

    Returns
    -------
    pyarrow.Array
        Of ``TIME_TYPE``; null for the undefined time.

    Raises
    ------
    BadValueError
        If a time is after the year 2262.
    """
    times = np.ascontiguousarray(times)
    defined = times != UNDEF_TIMESTAMP
    if (defined & (times >= _SIGNED_LIMIT)).any():
        raise BadValueError("a time is after the year 2262", hint="ask for raw times")
    return pa.Array.from_buffers(TIME_TYPE, len(times), [_mask(defined), pa.py_buffer(times)])


def time_text(times: np.ndarray) -> pa.Array:
    """Turn times into the vendor's text.

    Parameters
    ----------
    times : numpy.ndarray
        Shape ``(n,)``, ``uint64`` nanoseconds.

    Returns
    -------
    pyarrow.Array
        Of ``string``; null for the undefined time.
    """
    times = np.ascontiguousarray(times)
    defined = times != UNDEF_TIMESTAMP
    if (defined & (times >= _SIGNED_LIMIT)).any():
        return pa.array([text or None for text in format_times(times)], pa.string())
    naive = pa.Array.from_buffers(
        pa.timestamp("ns"), len(times), [_mask(defined), pa.py_buffer(times)]
    )
    # Arrow puts a space where the vendor has a T.
    text = pc.binary_replace_slice(naive.cast(pa.string()), 10, 11, "T")
    return pc.binary_join_element_wise(text, "Z", "")


def symbol_array(schema: Schema, records: np.ndarray, symbols: SymbolMap) -> pa.Array:
    """Give the symbol of every record, at its index time.

    Parameters
    ----------
    schema : Schema
        Of the records.
    records : numpy.ndarray
        Shape ``(n,)``.
    symbols : SymbolMap
        The tape's.

    Returns
    -------
    pyarrow.DictionaryArray
        Of ``large_string``; null where a record's instrument has none.
    """
    index = columns_of(schema)[0].name
    codes, names = symbols.symbol_codes(records["instrument_id"], records[index])
    indices = pa.array(codes, mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.large_string()))


def records_to_table(
    schema: Schema,
    records: np.ndarray,
    *,
    pretty_px: bool = True,
    pretty_ts: bool = True,
    symbols: SymbolMap | None = None,
    as_text: bool = False,
) -> pa.Table:
    """Turn records into a table of the vendor's columns.

    Parameters
    ----------
    schema : Schema
        Of the records.
    records : numpy.ndarray
        Shape ``(n,)``, dtype ``LAYOUTS[schema]``.
    pretty_px : bool
        Prices as decimals, undefined ones null; else integers in units of 1e-9.
    pretty_ts : bool
        Times as timestamps, undefined ones null; else nanoseconds.
    symbols : SymbolMap, optional
        Adds a ``symbol`` column.
    as_text : bool
        Pretty prices and times as the vendor's text.

    Returns
    -------
    pyarrow.Table
    """
    arrays: dict[str, pa.Array] = {}
    for name, kind in columns_of(schema):
        values = records[name]
        if kind is Kind.TEXT:
            arrays[name] = text_array(values)
        elif kind is Kind.PRICE and pretty_px:
            arrays[name] = price_text(values) if as_text else price_array(values)
        elif kind is Kind.TIME and pretty_ts:
            arrays[name] = time_text(values) if as_text else time_array(values)
        else:
            arrays[name] = pa.array(np.ascontiguousarray(values))
    if symbols is not None:
        column = symbol_array(schema, records, symbols)
        arrays[SYMBOL_COLUMN] = column.cast(pa.large_string()) if as_text else column
    return pa.table(arrays)


def table_to_records(schema: Schema, table: pa.RecordBatch) -> np.ndarray:
    """Turn a table of the vendor's columns back into records.

    Parameters
    ----------
    schema : Schema
        Of the records.
    table : pyarrow.RecordBatch
        Prices as decimals or integers, times as timestamps or integers, text as strings or
        dictionaries of such; other columns are passed over.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, dtype ``LAYOUTS[schema]``; fields without a column are zero.

    Raises
    ------
    BadValueError
        If a column lacks a value, or holds one that its field cannot.
    """
    records = new_records(schema, table.num_rows)
    present = set(table.schema.names)
    for name, kind in columns_of(schema):
        if name not in present or name == "rtype":
            continue
        array = table.column(name)
        layout = LAYOUTS[schema][name]
        if kind is Kind.TEXT and _is_text(array.type):
            records[name] = _text_values(name, array, layout)
        elif kind is Kind.PRICE and pa.types.is_decimal128(array.type) and array.type.scale == 9:
            records[name] = _price_values(name, array)
        elif kind is Kind.TIME and pa.types.is_timestamp(array.type) and array.type.unit == "ns":
            records[name] = _time_values(array)
        elif kind is Kind.TEXT or array.type != pa.from_numpy_dtype(layout):
            raise BadValueError(f"column {name} is {array.type}, which is no {kind.value}")
        elif array.null_count:
            raise BadValueError(f"column {name} lacks a value")
        else:
            records[name] = _numbers(array, layout)
    return records


def codes_of(array: pa.DictionaryArray) -> np.ndarray:
    """Give the place of each value in its dictionary.

    Parameters
    ----------
    array : pyarrow.DictionaryArray
        Of any values.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, a signed integer; -1 for null.
    """
    places = _numbers(array.indices, array.indices.type.to_pandas_dtype())
    return np.where(_defined(array.indices), places, -1)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _text_values(name: str, array: pa.Array, layout: np.dtype) -> np.ndarray:
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    texts = [(text or "").encode() for text in array.dictionary.to_pylist()]
    limit = 1 if layout.itemsize == 1 else layout.itemsize - 1
    for text in texts:
        if len(text) > limit:
            raise BadValueError(
                f"column {name} holds {text.decode()!r}: at most {limit} characters"
            )
    known = np.array([*texts, b""], f"S{layout.itemsize}")
    # The code of null, -1, takes the last of them.
    values: np.ndarray = known[codes_of(array)].view(layout)
    return values


def _price_values(name: str, array: pa.Array) -> np.ndarray:
    words = np.frombuffer(array.buffers()[1], np.int64).reshape(-1, 2)
    words = words[array.offset : array.offset + len(array)]
    defined = _defined(array)
    prices = np.where(defined, words[:, 0], UNDEF_PRICE)
    if (defined & (words[:, 1] != words[:, 0] >> 63)).any():
        raise BadValueError(f"column {name} holds a price that does not fit 64 bits")
    return prices


def _time_values(array: pa.Array) -> np.ndarray:
    return np.where(_defined(array), _numbers(array, np.uint64), np.uint64(UNDEF_TIMESTAMP))


def _numbers(array: pa.Array, layout: Any) -> np.ndarray:  # noqa: ANN401 -- a NumPy dtype
    # Arrow's own `to_numpy` imports pandas, which takes longer than reading a small tape.
    numbers = np.frombuffer(array.buffers()[1] or b"", layout)
    return numbers[array.offset : array.offset + len(array)]


def _defined(array: pa.Array) -> np.ndarray:
    if not array.null_count:
        return np.ones(len(array), bool)
    valid = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")
    return valid[array.offset : array.offset + len(array)].view(bool)


def _mask(defined: np.ndarray) -> Any:  # noqa: ANN401 -- pyarrow is untyped
    if defined.all():
        return None
    return pa.py_buffer(np.packbits(defined, bitorder="little"))
