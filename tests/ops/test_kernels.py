"""Kernels from the cache: loaded without what only a compilation needs, and free to be called."""

import subprocess
import sys

import numpy as np

from ticktape.book.warm_up import warm_up_books
from ticktape.ops.kernels import kernel_input

_ONLY_TO_COMPILE = "numba.np.npyimpl"

_LOAD = f"""
import sys
from ticktape.book.mbo_books import MboBooks
from ticktape.tape.layouts import Schema, new_records
books = MboBooks()
books.update(new_records(Schema.MBO, 1))
print(len(books), {_ONLY_TO_COMPILE!r} in sys.modules)
"""

_LOAD_THEN_COMPILE = """
import numpy as np
from ticktape.book.keys_kernels import key_of, new_keys, slot_of_key
from ticktape.book.warm_up import warm_up_books
warm_up_books()
import numba

@numba.njit
def slots(keys, ids):
    return np.array([slot_of_key(keys, key_of(1, one)) for one in ids])

print(slots(new_keys(), np.array([7, 8, 7])).tolist())
"""


def _printed_by(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_cached_kernel_is_loaded_without_the_compiler():
    warm_up_books()

    assert _printed_by(_LOAD) == "1 False"


def test_a_kernel_can_be_compiled_on_cached_ones():
    warm_up_books()

    assert _printed_by(_LOAD_THEN_COMPILE) == "[0, 1, 0]"


def test_kernels_take_any_records_in_one_form():
    records = np.arange(6)[::2]

    given = kernel_input(records)

    assert given.flags.c_contiguous
    assert not given.flags.writeable
    assert given.tolist() == [0, 2, 4]
