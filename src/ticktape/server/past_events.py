"""The records of a book from before somebody watched it, out of the source's log."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.server.book_frames import BOOK_EVENT
from ticktape.store import MboLog
from ticktape.store.effect_reader import EffectReader
from ticktape.tape.errors import TicktapeError

# How far to look back for them, in records of all instruments: first a little, then more.
_LOOK_BACK: Final = (1 << 12, 1 << 16)


def past_events(log: MboLog | None, key: tuple[int, int], position: int, count: int) -> np.ndarray:
    """Give the latest records of a book before a position, with what each did.

    Parameters
    ----------
    log : MboLog or None
        The source's records; None where there are none.
    key : tuple of int
        ``(publisher_id, instrument_id)``.
    position : int
        Of the first record not wanted.
    count : int
        How many at most; fewer where the records before are of other books.

    Returns
    -------
    numpy.ndarray
        dtype ``BOOK_EVENT``, oldest first; none where the log does not have them (any more).
    """
    found = np.zeros(0, BOOK_EVENT)
    if log is None or log.end_position < position:
        return found
    for look_back in _LOOK_BACK:
        begin = max(log.first_position, position - look_back)
        if begin >= position:
            break
        try:
            found = _read(log, key, begin, position)[-count:]
        except TicktapeError:
            # Forgotten meanwhile: what begins now begins without them.
            return np.zeros(0, BOOK_EVENT)
        if len(found) == count or begin == log.first_position:
            break
    return found


def _read(log: MboLog, key: tuple[int, int], begin: int, end: int) -> np.ndarray:
    publisher, instrument = key
    reader = EffectReader(log, begin, [instrument])
    pieces = [np.zeros(0, BOOK_EVENT)]
    while reader.position < end:
        before = reader.position
        run = reader.read(end - before)
        if reader.position == before:
            break
        own = np.flatnonzero(run.records["publisher_id"] == publisher)
        rows = np.zeros(len(own), BOOK_EVENT)
        rows["position"] = run.positions[own]
        rows["record"] = run.records[own]
        rows["effect"] = run.effects[own]
        pieces.append(rows)
    return np.concatenate(pieces)
