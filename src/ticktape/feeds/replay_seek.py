"""Going to a place of a tape by its index: from the nearest checkpoint, where that is less work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, get_args

from ticktape.feeds.marks import Mark, make_mark, make_past_mark, make_position_mark
from ticktape.store.resting import Resting
from ticktape.store.tape_index import TapeIndex
from ticktape.store.tape_places import Place
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import ACTION_CLEAR, Schema

JumpTarget = Literal[
    "start",
    "end",
    "next_trade",
    "previous_trade",
    "next_gap",
    "previous_gap",
    "next_crossing",
    "previous_crossing",
]
JUMP_TARGETS: Final = get_args(JumpTarget)
_KINDS: Final[dict[str, Place]] = {"trade": "trade", "gap": "gap", "crossing": "crossing"}
# A record of a checkpoint's past or state costs as much as one of the tape; starting over costs
# every client its view, so a little way forward is gone record by record.
_RESET_RECORDS: Final = 1 << 16


def checkpoint_for(
    index: TapeIndex, here: int | None, target: int, *, tells_past: bool = True
) -> Resting | None:
    """Choose how to reach a position.

    Parameters
    ----------
    index : TapeIndex
        Of the tape.
    here : int or None
        The position that was reached with everything before it; None where that is not so.
    target : int
        The position to reach.
    tells_past : bool
        Whether all trades before the checkpoint are told too.

    Returns
    -------
    Resting or None
        The checkpoint to go on from; None to go forward from here.
    """
    rest = index.rest_before(target)
    if here is None or target < here:
        return rest
    restored = rest.told + rest.state[1] - rest.state[0] + target - rest.position
    restored += rest.kept if tells_past else 0
    return rest if restored + _RESET_RECORDS < target - here else None


def restore(
    index: TapeIndex, rest: Resting, start_ns: int, *, tells_past: bool = True
) -> Iterator[Batch]:
    """Give what brings every client to a checkpoint, marks included.

    Parameters
    ----------
    index : TapeIndex
        Of the tape.
    rest : Resting
        The checkpoint.
    start_ns : int
        Time of the tape's beginning.
    tells_past : bool
        Whether trades and bars before the checkpoint are wanted too.

    Yields
    ------
    Batch
        The reset mark; before any other checkpoint than the beginning, the kept records and
        the books, each after its mark; then the position.
    """
    yield make_mark(Mark.RESET, start_ns)
    if not rest.position:
        return
    state = index.state_at(rest)
    yield make_past_mark(rest.position, start_ns)
    yield from _opened_books(state, start_ns)
    yield from index.told(rest)
    if tells_past:
        yield from index.kept(rest)
    yield make_mark(Mark.BOOKS, rest.ts_ns)
    yield from state
    yield make_position_mark(rest.mbo_position, rest.position, rest.ts_ns)


def _opened_books(state: list[Batch], start_ns: int) -> Iterator[Batch]:
    """Open every book that is to come, as of the beginning: lists of books keep the tape's order.

    Books by order are empty. Of books by price the quotes themselves, as none is empty; they come
    again.
    """
    for schema, records in state:
        is_opening = records["action"] == ACTION_CLEAR if schema is Schema.MBO else slice(None)
        opened = records[is_opening].copy()
        opened["ts_event"] = start_ns
        opened["ts_recv"] = start_ns
        opened.flags.writeable = False
        yield Batch(schema, opened)


def place_to_jump(
    index: TapeIndex, target: JumpTarget, position: int, instrument_id: int | None = None
) -> int | None:
    """Tell where a jump to a trade, gap or crossing leads; None where there is no such place."""
    way, _, kind = target.partition("_")
    find = index.next_place if way == "next" else index.previous_place
    return find(_KINDS[kind], position, instrument_id)
