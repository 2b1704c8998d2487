"""Records and their effects as the text of server-sent events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from ticktape.book.effect_events_kernels import LONGEST_EVENT, write_events
from ticktape.ops.kernels import kernel_input

_PIECE_BYTES: Final = 1 << 18


def effect_events(
    records: np.ndarray,
    effects: np.ndarray,
    positions: np.ndarray,
    symbol_of: Callable[[int], str],
    piece_bytes: int = _PIECE_BYTES,
    id_lead: str = "",
) -> Iterator[bytes]:
    """Write one server-sent event for each record, with its position as the event's id.

    Parameters
    ----------
    records : numpy.ndarray
        Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.
    effects : numpy.ndarray
        Shape ``(n,)``, dtype ``EFFECT``.
    positions : numpy.ndarray
        Shape ``(n,)``, ``int64``: of each record in its tape.
    symbol_of : callable
        Gives the symbol of an instrument id.
    piece_bytes : int
        How long a piece may be.
    id_lead : str
        What the ids of events begin with, before the position.

    Yields
    ------
    bytes
        Whole events, at most about `piece_bytes` of them; ``docs/api.md`` says what is in them.
    """
    if not len(records):
        return
    ids, name_ends, names = name_texts(np.unique(records["instrument_id"]), symbol_of)
    id_line = np.frombuffer(b"id: " + id_lead.encode(), np.uint8)
    room = np.empty(max(piece_bytes, LONGEST_EVENT + len(names) + len(id_line)), np.uint8)
    done = 0
    while done < len(records):
        done, written = write_events(
            kernel_input(records),
            kernel_input(effects),
            kernel_input(positions),
            done,
            ids,
            name_ends,
            names,
            kernel_input(id_line),
            room,
        )
        yield room[:written].tobytes()


def name_texts(
    ids: np.ndarray, symbol_of: Callable[[int], str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Write the symbols of instruments as JSON texts for the kernels that write documents.

    Parameters
    ----------
    ids : numpy.ndarray
        Shape ``(n,)``, ``uint32``, ascending.
    symbol_of : callable
        Gives the symbol of an instrument id.

    Returns
    -------
    tuple of numpy.ndarray
        The ids; where each text ends, ``int64``; the texts one after the other, ``uint8``.
    """
    texts = [json.dumps(symbol_of(int(one))).encode() for one in ids]
    name_ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    names = np.frombuffer(b"".join(texts), np.uint8)
    return kernel_input(ids), kernel_input(name_ends), kernel_input(names)
