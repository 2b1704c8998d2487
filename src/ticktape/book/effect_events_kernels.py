"""Records and their effects as server-sent events, written straight into a buffer of bytes.

An event is ``id: POSITION``, ``data: JSON``, an empty line. Prices are decimal strings beside
integers in units of 1e-9; identifiers and times that a JSON number may not hold are text beside
numbers, as everywhere in the web API.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ticktape.book.effects import EffectKind, NoEffect
from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import PRICE_SCALE, UNDEF_PRICE


def _text(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


_ID: Final = _text("id: ")
_POSITION: Final = _text('\ndata: {"position":')
_SYMBOL: Final = _text(',"symbol":')
_INSTRUMENT: Final = _text(',"record":{"instrument_id":')
_PUBLISHER: Final = _text(',"publisher_id":')
_ACTION: Final = _text(',"action":"')
_RECORD_SIDE: Final = _text('","side":"')
_ORDER: Final = _text('","order_id":"')
_ORDER_NUMBER: Final = _text('","order_id_u64":')
_PRICE: Final = _text(',"price":')
_PRICE_NUMBER: Final = _text(',"price_i64":')
_SIZE: Final = _text(',"size":')
_FLAGS: Final = _text(',"flags":')
_CHANNEL: Final = _text(',"channel_id":')
_EVENT_TIME: Final = _text(',"ts_event":"')
_EVENT_NUMBER: Final = _text('","ts_event_unix_ns":')
_RECV_TIME: Final = _text(',"ts_recv":"')
_RECV_NUMBER: Final = _text('","ts_recv_unix_ns":')
_DELTA: Final = _text(',"ts_in_delta":')
_SEQUENCE: Final = _text(',"sequence":')
_ADD: Final = _text('},"effect":{"kind":"add","side":"')
_CANCEL: Final = _text('},"effect":{"kind":"cancel","side":"')
_MODIFY: Final = _text('},"effect":{"kind":"modify","side":"')
_CLEAR: Final = _text('},"effect":{"kind":"clear"}}\n\n')
_NEVER_RESTS: Final = _text('},"effect":{"kind":"none","reason":"never-rests"}}\n\n')
_UNKNOWN_ORDER: Final = _text('},"effect":{"kind":"none","reason":"unknown-order"}}\n\n')
_BAD_RECORD: Final = _text('},"effect":{"kind":"none","reason":"bad-record"}}\n\n')
_OLD_SIDE: Final = _text('","old_side":"')
_OLD_PRICE: Final = _text('","old_price":')
_OLD_PRICE_NUMBER: Final = _text(',"old_price_i64":')
_NEW_PRICE: Final = _text(',"new_price":')
_NEW_PRICE_NUMBER: Final = _text(',"new_price_i64":')
_OLD_SIZE: Final = _text(',"old_size":')
_NEW_SIZE: Final = _text(',"new_size":')
_EFFECT_PRICE: Final = _text('","price":')
_END: Final = _text("}}\n\n")
_NULL: Final = _text("null")
_UNICODE: Final = _text("\\u00")

# The longest event without its symbol: 820 bytes of text, and the widest of every number.
LONGEST_EVENT: Final = 1_600

_KIND_ADD: Final = int(EffectKind.ADD)
_KIND_CANCEL: Final = int(EffectKind.CANCEL)
_KIND_MODIFY: Final = int(EffectKind.MODIFY)
_KIND_CLEAR: Final = int(EffectKind.CLEAR)
_REASON_NEVER_RESTS: Final = int(NoEffect.NEVER_RESTS)
_REASON_UNKNOWN: Final = int(NoEffect.UNKNOWN_ORDER)

_ZERO: Final = 48
_QUOTE: Final = 34
_BACKSLASH: Final = 92
_MINUS: Final = 45
_POINT: Final = 46
_TEN: Final = np.uint64(10)
_NOTHING: Final = np.uint64(0)
_SCALE: Final = np.uint64(PRICE_SCALE)
_PLACES: Final = 9
_FIRST_PRINTABLE: Final = 32
_LAST_PRINTABLE: Final = 126


@lean_kernel
def put_text(out: np.ndarray, at: Integer, text: np.ndarray) -> Integer:
    """Write a text; give the place after it, as all of these do."""
    for i in range(len(text)):
        out[at + i] = text[i]
    return at + len(text)


@lean_kernel
def put_natural(out: np.ndarray, at: Integer, number: Integer) -> Integer:
    """Write an unsigned number of 64 bits in digits."""
    left = np.uint64(number)
    width = np.int64(1)
    rest = left // _TEN
    while rest != _NOTHING:
        width += 1
        rest = rest // _TEN
    for i in range(at + width - 1, at - 1, -1):
        rest = left // _TEN
        out[i] = _ZERO + np.int64(left - rest * _TEN)
        left = rest
    return at + width


@lean_kernel
def put_integer(out: np.ndarray, at: Integer, number: Integer) -> Integer:
    """Write a signed number of 64 bits in digits."""
    if number >= 0:
        return put_natural(out, at, np.uint64(number))
    out[at] = _MINUS
    # The least number has no opposite of its own sign: take one off, and put it back.
    return put_natural(out, at + 1, np.uint64(-(np.int64(number) + 1)) + np.uint64(1))


@lean_kernel
def put_price(out: np.ndarray, at: Integer, price: Integer) -> Integer:
    """Write a price as the shortest exact decimal in quotes; null where it is undefined."""
    if price == UNDEF_PRICE:
        return put_text(out, at, _NULL)
    out[at] = _QUOTE
    at += 1
    size = np.uint64(0)
    if price < 0:
        out[at] = _MINUS
        at += 1
        size = np.uint64(-(np.int64(price) + 1)) + np.uint64(1)
    else:
        size = np.uint64(price)
    whole = size // _SCALE
    part = size - whole * _SCALE
    at = put_natural(out, at, whole)
    if part != _NOTHING:
        out[at] = _POINT
        places = np.int64(_PLACES)
        for i in range(at + _PLACES, at, -1):
            rest = part // _TEN
            digit = np.int64(part - rest * _TEN)
            # Zeros at the end are not written.
            if digit == 0 and places == i - at:
                places -= 1
            out[i] = _ZERO + digit
            part = rest
        at += places + 1
    out[at] = _QUOTE
    return at + 1


@lean_kernel
def put_hex_digit(out: np.ndarray, at: Integer, value: Integer) -> Integer:
    """Write one hexadecimal digit."""
    out[at] = _ZERO + value + (39 if value > 9 else 0)
    return at + 1


@lean_kernel
def put_letter(out: np.ndarray, at: Integer, code: Integer) -> Integer:
    """Write one character of a JSON text; a record may hold any byte where a letter belongs."""
    if _FIRST_PRINTABLE <= code <= _LAST_PRINTABLE and code not in (_QUOTE, _BACKSLASH):
        out[at] = code
        return at + 1
    at = put_text(out, at, _UNICODE)
    at = put_hex_digit(out, at, code >> 4)
    return put_hex_digit(out, at, code & 15)


@lean_kernel
def put_price_and_number(
    out: np.ndarray, at: Integer, price: Integer, number_name: np.ndarray
) -> Integer:
    """Write a price in quotes, then as an integer under its name."""
    at = put_price(out, at, price)
    at = put_text(out, at, number_name)
    return put_integer(out, at, price)


@lean_kernel
def put_twice(out: np.ndarray, at: Integer, number: Integer, between: np.ndarray) -> Integer:
    """Write a number in digits, a text, and the same digits again."""
    end = put_natural(out, at, number)
    width = end - at
    end = put_text(out, end, between)
    for i in range(width):
        out[end + i] = out[at + i]
    return end + width


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


@lean_kernel
def find_name(ids: np.ndarray, instrument_id: Integer) -> Integer:
    """Give the place of an identifier among ascending ones that hold it."""
    low = np.int64(0)
    high = np.int64(len(ids)) - 1
    while low < high:
        middle = (low + high) >> 1
        if ids[middle] < instrument_id:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def write_events(
    records: np.ndarray,
    effects: np.ndarray,
    positions: np.ndarray,
    start: int,
    ids: np.ndarray,
    name_ends: np.ndarray,
    names: np.ndarray,
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
    out : numpy.ndarray
        ``u1``: the buffer; with room for at least one event.

    Returns
    -------
    tuple of int
        The first record not written, and the bytes written.
    """
    at = np.int64(0)
    longest = np.int64(LONGEST_EVENT + len(names))
    for i in range(start, len(records)):
        if at + longest > len(out):
            return i, at
        record = records[i]
        at = put_text(out, at, _ID)
        at = put_twice(out, at, positions[i], _POSITION)
        at = put_text(out, at, _SYMBOL)
        name = find_name(ids, record["instrument_id"])
        begin = np.int64(name_ends[name - 1]) if name > 0 else np.int64(0)
        for place in range(begin, name_ends[name]):
            out[at] = names[place]
            at += 1
        at = put_record(out, at, record)
        at = put_effect(out, at, effects[i])
    return len(records), at
