"""Rows of levels as the text of JSON documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from ticktape.book.effect_events import name_texts
from ticktape.book.level_rows import LevelRows
from ticktape.book.level_text_kernels import LONGEST_HEAD, LONGEST_PAIR, write_level_documents
from ticktape.ops.kernels import kernel_input

_PIECE_BYTES: Final = 1 << 18


def level_documents(
    rows: LevelRows, symbol_of: Callable[[int], str], end: bytes = b"\n"
) -> Iterator[bytes]:
    """Write rows as JSON documents.

    Parameters
    ----------
    rows : LevelRows
        The rows.
    symbol_of : callable
        Gives the symbol of an instrument id.
    end : bytes
        What stands behind each document.

    Yields
    ------
    bytes
        Whole documents, about a quarter of a mebibyte of them; ``docs/api.md`` says what is in
        them.
    """
    ids, name_ends, names = name_texts(np.unique(rows.heads["instrument_id"]), symbol_of)
    longest = LONGEST_HEAD + LONGEST_PAIR * rows.levels.shape[1] + len(names)
    room = np.empty(max(_PIECE_BYTES, longest), np.uint8)
    done = 0
    while done < len(rows.heads):
        done, written = write_level_documents(
            kernel_input(rows.heads),
            kernel_input(rows.levels),
            done,
            ids,
            name_ends,
            names,
            kernel_input(np.frombuffer(end, np.uint8)),
            room,
        )
        yield room[:written].tobytes()
