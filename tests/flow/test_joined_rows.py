"""Arrays of rows, put one after the other."""

import numpy as np

from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.flow.signals.signal import SIGNAL

PACKED = np.dtype([("a", "i8"), ("b", "u1")])
NESTED = np.dtype([("a", "u1"), ("b", "i8", (2,))], align=True)


def rows_of(dtype, values, padding=0xFF):
    """Rows with something in their padding."""
    rows = np.frombuffer(bytes([padding]) * (dtype.itemsize * len(values)), dtype).copy()
    for row, value in zip(rows, values, strict=True):
        for name in dtype.names:
            row[name] = value
    return rows


def test_rows_keep_their_form_and_their_order():
    joined = join_rows([rows_of(SIGNAL, [1, 2]), rows_of(SIGNAL, []), rows_of(SIGNAL, [3])], SIGNAL)
    assert joined.dtype == SIGNAL
    assert joined.dtype.itemsize == SIGNAL.itemsize
    assert joined["price"].tolist() == [1, 2, 3]
    assert joined["kind"].tolist() == [1, 2, 3]


def test_equal_rows_have_equal_bytes():
    for dtype in (SIGNAL, NESTED, PACKED):
        one, other = (join_rows([rows_of(dtype, [1, 2], noise)], dtype) for noise in (0, 0xFF))
        assert one.tobytes() == other.tobytes()


def test_a_copy_has_every_byte_and_is_one_of_its_own():
    rows = rows_of(SIGNAL, [1, 2, 3])
    copied = copy_rows(rows[1:])
    assert copied.dtype == SIGNAL
    assert copied.tobytes() == rows[1:].tobytes()
    copied["price"] = 9
    assert rows["price"].tolist() == [1, 2, 3]


def test_rows_that_lost_their_padding_get_it_back():
    lost = np.concatenate([rows_of(SIGNAL, [1]), rows_of(SIGNAL, [2])])
    assert join_rows([lost, rows_of(SIGNAL, [3])], SIGNAL)["amount"].tolist() == [1, 2, 3]


def test_nothing_is_no_rows():
    assert join_rows([], SIGNAL).dtype == SIGNAL
    assert len(join_rows([], SIGNAL)) == 0


def test_the_only_piece_is_given_itself_where_there_is_no_padding():
    rows = rows_of(PACKED, [1])
    assert join_rows([rows], PACKED) is rows
