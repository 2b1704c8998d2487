"""JSON written straight into a buffer of bytes: numbers, prices, letters and names.

Each writes at a place and gives the place after what it wrote; there is room, as the caller saw to.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.mbo_state_kernels import Integer
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import PRICE_SCALE, UNDEF_PRICE


def as_bytes(text: str) -> np.ndarray:
    """Give a text as kernels write it."""
    return np.frombuffer(text.encode(), np.uint8)


_NULL: Final = as_bytes("null")
_UNICODE: Final = as_bytes("\\u00")
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


@lean_kernel
def put_name(
    out: np.ndarray,
    at: Integer,
    instrument_id: Integer,
    ids: np.ndarray,
    name_ends: np.ndarray,
    names: np.ndarray,
) -> Integer:
    """Write the name of an instrument: ascending `ids`, their names one after the other."""
    name = find_name(ids, instrument_id)
    begin = np.int64(name_ends[name - 1]) if name > 0 else np.int64(0)
    for place in range(begin, name_ends[name]):
        out[at] = names[place]
        at += 1
    return at
