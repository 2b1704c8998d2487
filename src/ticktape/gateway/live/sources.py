"""What a gateway serves from: a source gives every session its stream of records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.wire import SubscriptionRequest


class Stream(Protocol):
    """The records of one session on their way into its outlet."""

    def now_ns(self) -> int:
        """Give the time the stream has come to, nanoseconds since the epoch."""
        ...

    async def subscribe(self, requests: Sequence[SubscriptionRequest]) -> None:
        """Add subscriptions: queue mappings and acknowledgements, then snapshots and replays.

        Raises
        ------
        SessionRefusedError
            The session has to end with an error record.
        """
        ...

    async def run(self) -> None:
        """Queue the records until there are no more."""
        ...

    async def close(self) -> None:
        """Leave the source."""
        ...


class Source(Protocol):
    """Where the records come from."""

    @property
    def dataset(self) -> str:
        """The dataset served; empty for any."""
        ...

    async def open(self) -> None:
        """Learn what the source has; called once, before the first session."""
        ...

    def stream(self, outlet: Outlet) -> Stream:
        """Make the stream of one session; nothing flows before its ``run``."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...
