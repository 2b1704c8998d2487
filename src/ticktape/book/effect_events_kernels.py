"""Records and their effects as server-sent events, written straight into a buffer of bytes.

An event is ``id: POSITION`` (or ``id: LEAD-POSITION``), ``data: JSON``, an empty line. Prices are
decimal strings beside integers in units of 1e-9; identifiers and times that a JSON number may not
hold are text beside numbers, as everywhere in the web API.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ticktape.book.effects import EffectKind, NoEffect
from ticktape.book.json_text_kernels import (
    as_bytes,
    put_integer,
    put_letter,
    put_name,
    put_natural,
    put_price_and_number,
    put_text,
    put_twice,
)
from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.ops.kernels import kernel, lean_kernel

_POSITION: Final = as_bytes('\ndata: {"position":')
_SYMBOL: Final = as_bytes(',"symbol":')
_INSTRUMENT: Final = as_bytes(',"record":{"instrument_id":')
_PUBLISHER: Final = as_bytes(',"publisher_id":')
_ACTION: Final = as_bytes(',"action":"')
_RECORD_SIDE: Final = as_bytes('","side":"')
_ORDER: Final = as_bytes('","order_id":"')
_ORDER_NUMBER: Final = as_bytes('","order_id_u64":')
_PRICE: Final = as_bytes(',"price":')
_PRICE_NUMBER: Final = as_bytes(',"price_i64":')
_SIZE: Final = as_bytes(',"size":')
_FLAGS: Final = as_bytes(',"flags":')
_CHANNEL: Final = as_bytes(',"channel_id":')
_EVENT_TIME: Final = as_bytes(',"ts_event":"')
_EVENT_NUMBER: Final = as_bytes('","ts_event_unix_ns":')
_RECV_TIME: Final = as_bytes(',"ts_recv":"')
_RECV_NUMBER: Final = as_bytes('","ts_recv_unix_ns":')
_DELTA: Final = as_bytes(',"ts_in_delta":')
_SEQUENCE: Final = as_bytes(',"sequence":')
_ADD: Final = as_bytes('},"effect":{"kind":"add","side":"')
_CANCEL: Final = as_bytes('},"effect":{"kind":"cancel","side":"')
_MODIFY: Final = as_bytes('},"effect":{"kind":"modify","side":"')
_CLEAR: Final = as_bytes('},"effect":{"kind":"clear"}}\n\n')
_NEVER_RESTS: Final = as_bytes('},"effect":{"kind":"none","reason":"never-rests"}}\n\n')
_UNKNOWN_ORDER: Final = as_bytes('},"effect":{"kind":"none","reason":"unknown-order"}}\n\n')
_BAD_RECORD: Final = as_bytes('},"effect":{"kind":"none","reason":"bad-record"}}\n\n')
_OLD_SIDE: Final = as_bytes('","old_side":"')
_OLD_PRICE: Final = as_bytes('","old_price":')
_OLD_PRICE_NUMBER: Final = as_bytes(',"old_price_i64":')
_NEW_PRICE: Final = as_bytes(',"new_price":')
_NEW_PRICE_NUMBER: Final = as_bytes(',"new_price_i64":')
_OLD_SIZE: Final = as_bytes(',"old_size":')
_NEW_SIZE: Final = as_bytes(',"new_size":')
_EFFECT_PRICE: Final = as_bytes('","price":')
_END: Final = as_bytes("}}\n\n")

# The longest event without its symbol: 820 bytes of text, and the widest of every number.
LONGEST_EVENT: Final = 1_600

_KIND_ADD: Final = int(EffectKind.ADD)
_KIND_CANCEL: Final = int(EffectKind.CANCEL)
_KIND_MODIFY: Final = int(EffectKind.MODIFY)
_KIND_CLEAR: Final = int(EffectKind.CLEAR)
_REASON_NEVER_RESTS: Final = int(NoEffect.NEVER_RESTS)
_REASON_UNKNOWN: Final = int(NoEffect.UNKNOWN_ORDER)


@lean_kernel
def put_record(out: np.ndarray, at: Integer, record: Row) -> Integer:
    """Write the fields of an ``mbo`` record."""
    at = put_text(out, at, _INSTRUMENT)
    at = put_natural(out, at, record["instrument_id"])
    at = put_text(out, at, _PUBLISHER)
    at = put_natural(out, at, record["publisher_id"])
    at = put_text(out, at, _ACTION)
    at = put_letter(out, at, np.int64(record["action"]))
    at = put_text(out, at, _RECORD_SIDE)
    at = put_letter(out, at, np.int64(record["side"]))
    at = put_text(out, at, _ORDER)
    at = put_twice(out, at, record["order_id"], _ORDER_NUMBER)
    at = put_text(out, at, _PRICE)
    at = put_price_and_number(out, at, np.int64(record["price"]), _PRICE_NUMBER)
    at = put_text(out, at, _SIZE)
    at = put_natural(out, at, record["size"])
    at = put_text(out, at, _FLAGS)
    at = put_natural(out, at, record["flags"])
    at = put_text(out, at, _CHANNEL)
    at = put_natural(out, at, record["channel_id"])
    at = put_text(out, at, _EVENT_TIME)
    at = put_twice(out, at, record["ts_event"], _EVENT_NUMBER)
    at = put_text(out, at, _RECV_TIME)
    at = put_twice(out, at, record["ts_recv"], _RECV_NUMBER)
    at = put_text(out, at, _DELTA)
    at = put_integer(out, at, np.int64(record["ts_in_delta"]))
    at = put_text(out, at, _SEQUENCE)
    return put_natural(out, at, record["sequence"])


@lean_kernel
def put_resting(out: np.ndarray, at: Integer, effect: Row) -> Integer:
    """Write what an add brought, or what a cancel took away."""
    at = put_letter(out, at, np.int64(effect["side"]))
    at = put_text(out, at, _EFFECT_PRICE)
    at = put_price_and_number(out, at, np.int64(effect["price"]), _PRICE_NUMBER)
    at = put_text(out, at, _SIZE)
    at = put_natural(out, at, effect["size"])
    return put_text(out, at, _END)


@lean_kernel
def put_modify(out: np.ndarray, at: Integer, effect: Row) -> Integer:
    """Write what an order was, and what it is."""
    at = put_letter(out, at, np.int64(effect["side"]))
    if effect["old_side"] != effect["side"]:
        at = put_text(out, at, _OLD_SIDE)
        at = put_letter(out, at, np.int64(effect["old_side"]))
    at = put_text(out, at, _OLD_PRICE)
    at = put_price_and_number(out, at, np.int64(effect["old_price"]), _OLD_PRICE_NUMBER)
    at = put_text(out, at, _NEW_PRICE)
    at = put_price_and_number(out, at, np.int64(effect["price"]), _NEW_PRICE_NUMBER)
    at = put_text(out, at, _OLD_SIZE)
    at = put_natural(out, at, effect["old_size"])
    at = put_text(out, at, _NEW_SIZE)
    at = put_natural(out, at, effect["size"])
    return put_text(out, at, _END)


@lean_kernel
def put_effect(out: np.ndarray, at: Integer, effect: Row) -> Integer:
    """Write what a record did, or why it did nothing, and end the event."""
    kind = np.int64(effect["kind"])
    if kind == _KIND_ADD:
        at = put_text(out, at, _ADD)
        return put_resting(out, at, effect)
    if kind == _KIND_CANCEL:
        at = put_text(out, at, _CANCEL)
        return put_resting(out, at, effect)
    if kind == _KIND_MODIFY:
        at = put_text(out, at, _MODIFY)
        return put_modify(out, at, effect)
    if kind == _KIND_CLEAR:
        return put_text(out, at, _CLEAR)
    if effect["reason"] == _REASON_NEVER_RESTS:
        return put_text(out, at, _NEVER_RESTS)
    if effect["reason"] == _REASON_UNKNOWN:
        return put_text(out, at, _UNKNOWN_ORDER)
    return put_text(out, at, _BAD_RECORD)


@kernel
def write_events(
    records: np.ndarray,
    effects: np.ndarray,
    positions: np.ndarray,
    start: int,
    ids: np.ndarray,
    name_ends: np.ndarray,
    names: np.ndarray,
    id_line: np.ndarray,
    out: np.ndarray,
) -> tuple[Any, Any]:
    """Write events from one record on, until they are all written or the buffer is full.

    Parameters
    ----------
    records, effects, positions : numpy.ndarray
        ``mbo`` records, their ``EFFECT`` rows, their positions (``i8``).
    start : int
        The first to write.
    ids : numpy.ndarray
        ``u4``, ascending: every instrument of the records.
    name_ends, names : numpy.ndarray
        ``i8`` and ``u1``: the symbol of each as a JSON text, one after the other.
    id_line : numpy.ndarray
        ``u1``: what stands before the position in the first line of an event.
    out : numpy.ndarray
        ``u1``: the buffer; with room for at least one event.

    Returns
    -------
    tuple of int
        The first record not written, and the bytes written.
    """
    at = np.int64(0)
    longest = np.int64(LONGEST_EVENT + len(names) + len(id_line))
    for i in range(start, len(records)):
        if at + longest > len(out):
            return i, at
        record = records[i]
        at = put_text(out, at, id_line)
        at = put_twice(out, at, positions[i], _POSITION)
        at = put_text(out, at, _SYMBOL)
        at = put_name(out, at, record["instrument_id"], ids, name_ends, names)
        at = put_record(out, at, record)
        at = put_effect(out, at, effects[i])
    return len(records), at
