"""Rows of levels as JSON documents, written straight into a buffer of bytes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ticktape.book.json_text_kernels import (
    as_bytes,
    put_name,
    put_natural,
    put_price_and_number,
    put_text,
    put_twice,
)
from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import UNDEF_PRICE

_POSITION: Final = as_bytes('{"position":')
_SYMBOL: Final = as_bytes(',"symbol":')
_INSTRUMENT: Final = as_bytes(',"instrument_id":')
_PUBLISHER: Final = as_bytes(',"publisher_id":')
_RECV_TIME: Final = as_bytes(',"ts_recv":"')
_RECV_NUMBER: Final = as_bytes('","ts_recv_unix_ns":')
_EVENT_TIME: Final = as_bytes(',"ts_event":"')
_EVENT_NUMBER: Final = as_bytes('","ts_event_unix_ns":')
_SEQUENCE: Final = as_bytes(',"sequence":')
_FLAGS: Final = as_bytes(',"flags":')
_BIDS: Final = as_bytes(',"bids":[')
_ASKS: Final = as_bytes('],"asks":[')
_END: Final = as_bytes("]}")
_PRICE: Final = as_bytes('{"price":')
_PRICE_NUMBER: Final = as_bytes(',"price_i64":')
_SIZE: Final = as_bytes(',"size":')
_COUNT: Final = as_bytes(',"count":')
_COMMA: Final = 44
_BRACE: Final = 125

LONGEST_HEAD: Final = 500
LONGEST_PAIR: Final = 240


@lean_kernel
def put_level(
    out: np.ndarray, at: Integer, price: Integer, size: Integer, count: Integer, is_first: Integer
) -> Integer:
    """Write a level of a side; nothing where there is none."""
    if price == UNDEF_PRICE:
        return at
    if not is_first:
        out[at] = _COMMA
        at += 1
    at = put_text(out, at, _PRICE)
    at = put_price_and_number(out, at, np.int64(price), _PRICE_NUMBER)
    at = put_text(out, at, _SIZE)
    at = put_natural(out, at, size)
    at = put_text(out, at, _COUNT)
    at = put_natural(out, at, count)
    out[at] = _BRACE
    return at + 1


@lean_kernel
def put_head(out: np.ndarray, at: Integer, head: Row) -> Integer:
    """Write what a row tells besides its levels and its symbol."""
    at = put_text(out, at, _INSTRUMENT)
    at = put_natural(out, at, head["instrument_id"])
    at = put_text(out, at, _PUBLISHER)
    at = put_natural(out, at, head["publisher_id"])
    at = put_text(out, at, _RECV_TIME)
    at = put_twice(out, at, head["ts_recv"], _RECV_NUMBER)
    at = put_text(out, at, _EVENT_TIME)
    at = put_twice(out, at, head["ts_event"], _EVENT_NUMBER)
    at = put_text(out, at, _SEQUENCE)
    at = put_natural(out, at, head["sequence"])
    at = put_text(out, at, _FLAGS)
    return put_natural(out, at, head["flags"])


@kernel
def write_level_documents(
    heads: np.ndarray,
    levels: np.ndarray,
    start: int,
    ids: np.ndarray,
    name_ends: np.ndarray,
    names: np.ndarray,
    end: np.ndarray,
    out: np.ndarray,
) -> tuple[Any, Any]:
    """Write rows from one on, each with `end` behind it, until the buffer is full.

    Returns the first row not written, and the bytes written.
    """
    at = np.int64(0)
    longest = np.int64(LONGEST_HEAD + LONGEST_PAIR * levels.shape[1] + len(names))
    for i in range(start, len(heads)):
        if at + longest > len(out):
            return i, at
        at = put_text(out, at, _POSITION)
        at = put_natural(out, at, heads[i]["position"])
        at = put_text(out, at, _SYMBOL)
        at = put_name(out, at, heads[i]["instrument_id"], ids, name_ends, names)
        at = put_head(out, at, heads[i])
        at = put_text(out, at, _BIDS)
        for depth in range(levels.shape[1]):
            one = levels[i, depth]
            at = put_level(out, at, one["bid_px"], one["bid_sz"], one["bid_ct"], depth == 0)
        at = put_text(out, at, _ASKS)
        for depth in range(levels.shape[1]):
            one = levels[i, depth]
            at = put_level(out, at, one["ask_px"], one["ask_sz"], one["ask_ct"], depth == 0)
        at = put_text(out, at, _END)
        at = put_text(out, at, end)
    return len(heads), at
