"""Whether the server can be relied on: its feed connected, its books whole."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ticktape.server.hub import Hub
from ticktape.server.messages import ErrorBody


class Readiness(Struct):
    """Whether answers can be relied on, and why not."""

    status: Literal["ready", "not-ready"]
    reasons: list[ErrorBody]


def readiness_of(hub: Hub) -> Readiness:
    """Tell whether a hub shows a connected feed and at least one valid book.

    A book is valid when it stands at the end of an event, told something, and is not stale. Where
    the source makes no books (trades or bars alone), its first records have to have come.
    """
    reasons = []
    source = hub.source
    replay = source.replay_state()
    # A tape that was shown to its end is all there.
    if not source.connected and not (replay is not None and replay.finished):
        reasons.append(
            ErrorBody("not-connected", "the feed is not connected", "the log says why, at info")
        )
    if hub.catching_up:
        reasons.append(ErrorBody("catching-up", "the replay is on its way to where it was sent"))
    elif source.depth in {"trades", "bars"}:
        if not hub.view.time_ns:
            reasons.append(ErrorBody("no-records", "no records have come yet"))
    elif not _has_valid_book(hub):
        reasons.append(ErrorBody("no-book", "no book is valid yet", "wait for the first snapshot"))
    return Readiness("not-ready" if reasons else "ready", reasons)


def _has_valid_book(hub: Hub) -> bool:
    for key in hub.directory.book_keys():
        book = hub.directory.book(key)
        if (
            book is not None
            and not book.is_stale
            and not book.in_event
            and (book.bid_levels or book.ask_levels)
        ):
            return True
    return False
