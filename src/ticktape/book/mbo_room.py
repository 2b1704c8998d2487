"""How much room by-order books are given: more when they run out, less after a burst."""

from __future__ import annotations

from typing import Final

from ticktape.book.mbo_move_kernels import ladder_need, move_books
from ticktape.book.mbo_state_kernels import (
    BOOKS,
    LIVE_LEVELS,
    LIVE_SLOTS,
    MOST_BOOKS,
    MboState,
    new_mbo_state,
)

_FEWEST_SLOTS: Final = 1024
_SMALLEST_LADDERS: Final = 256
# Room is taken back when less than one part in this many is in use.
_SPARE: Final = 16


def make_room(state: MboState) -> MboState:
    """Move the books into a state with room for twice what they hold now.

    Call it when a kernel answers ``NO_ROOM``, then apply the same record again.

    Parameters
    ----------
    state : MboState
        The state that is full; not to be used any more.

    Returns
    -------
    MboState
        The same books, of the same numbers, in other arrays.
    """
    usage = state.usage
    books = max(len(state.books), 1)
    if usage[BOOKS] == books:
        books = min(2 * books, int(usage[MOST_BOOKS]))
    roomier = new_mbo_state(
        slots=max(_FEWEST_SLOTS, 2 * int(usage[LIVE_SLOTS])),
        ladder=max(_SMALLEST_LADDERS, 2 * int(ladder_need(state))),
        books=books,
        most_books=int(usage[MOST_BOOKS]),
    )
    move_books(state, roomier)
    return roomier


def trim_room(state: MboState) -> MboState:
    """Give back the room that a burst has left behind, where it is most of what there is.

    Parameters
    ----------
    state : MboState
        The state after any run of records; not to be used any more.

    Returns
    -------
    MboState
        The same state, or a smaller one with the same books of the same numbers.
    """
    usage = state.usage
    ladders = _SPARE * int(usage[LIVE_LEVELS] + usage[BOOKS])
    idle_slots = len(state.slots) > max(_FEWEST_SLOTS, _SPARE * int(usage[LIVE_SLOTS]))
    idle_ladders = len(state.ladder_keys) > max(_SMALLEST_LADDERS, 4 * ladders)
    return make_room(state) if idle_slots or idle_ladders else state
