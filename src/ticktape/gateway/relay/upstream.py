"""The one upstream session of a relay: what it is subscribed to, and that it survives refusals."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Final

import databento_dbn as dbn
import numpy as np

from ticktape.feeds.databento_live import DatabentoLiveFeed
from ticktape.feeds.databento_session import RefusedSubscriptionError
from ticktape.feeds.gaps import Gap, gap_batch
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, index_field

_ACKNOWLEDGED: Final = 1
_ACK_TEXT: Final = re.compile(rb"Subscription request (\d+)")


class Upstream:
    """A live session that grows: a feed of everything subscribed so far.

    The vendor ends a session that asks for what it will not give. Here what was asked for last,
    and not yet acknowledged, is then left out and remembered as refused, and a new session takes
    the place of the old, behind an in-band gap: one client's wish does not end the others' data.

    Parameters
    ----------
    make_feed : callable
        Makes a feed that is not yet connected, of the subscriptions given.
    subscriptions : iterable of LiveSubscription
        What to begin with.
    """

    def __init__(
        self,
        make_feed: Callable[[Sequence[LiveSubscription]], DatabentoLiveFeed],
        subscriptions: Iterable[LiveSubscription],
    ) -> None:
        self._make_feed = make_feed
        self.subscriptions = list(subscriptions)
        self.refused: dict[LiveSubscription, str] = {}
        self._first_count = len(self.subscriptions)
        self._feed = make_feed(self.subscriptions)
        self._acknowledged: set[int] = set()
        self._waiting: dict[int, asyncio.Event] = {}
        self._last_ns = 0
        self._earlier_sessions = 0
        self._earlier_gaps = 0

    @property
    def metadata(self) -> dbn.Metadata:
        """Of the session; before it, no more than the dataset."""
        return self._feed.metadata

    @property
    def connected(self) -> bool:
        """Whether the session is open now."""
        return self._feed.connected

    @property
    def sessions(self) -> int:
        """How many sessions there were."""
        return self._earlier_sessions + self._feed.sessions

    @property
    def gaps(self) -> int:
        """How many gaps there were."""
        return self._earlier_gaps + len(self._feed.gaps)

    async def connect(self) -> None:
        """Open the first session.

        Raises
        ------
        AuthenticationError
            The key was refused.
        UpstreamError
            Nobody answers, or the gateway refuses.
        """
        await self._feed.connect()

    async def close(self) -> None:
        """Leave."""
        await self._feed.close()

    def ask(self, subscription: LiveSubscription) -> asyncio.Event:
        """Subscribe to more; the event is set when that was acknowledged or refused."""
        number = len(self.subscriptions)
        self.subscriptions.append(subscription)
        self._feed.subscribe(subscription)
        return self._waiting.setdefault(number, asyncio.Event())

    async def __aiter__(self) -> AsyncIterator[Batch]:
        """Give what comes, over all sessions."""
        while True:
            feed = self._feed
            try:
                async for batch in feed:
                    self._note(batch)
                    yield batch
            except RefusedSubscriptionError as refusal:
                if not self._drop_refused(str(refusal)):
                    raise
                await feed.close()
                self._earlier_sessions += feed.sessions
                self._earlier_gaps += len(feed.gaps) + 1
                self._feed = self._make_feed(self.subscriptions)
                await self._feed.connect()
                gap = Gap(self._last_ns, int(self._feed.metadata.start), str(refusal))
                yield gap_batch(gap)
            else:
                return

    def _note(self, batch: Batch) -> None:
        if batch.schema is Schema.SYSTEM:
            self._note_acknowledgements(batch.records)
        elif batch.schema not in {Schema.ERROR, Schema.SYMBOL_MAPPING}:
            self._last_ns = int(batch.records[index_field(batch.schema)][-1])

    def _note_acknowledgements(self, records: np.ndarray) -> None:
        for record in records[records["code"] == _ACKNOWLEDGED]:
            found = _ACK_TEXT.match(bytes(record["msg"]))
            if found:
                number = int(found[1])
                self._acknowledged.add(number)
                if number in self._waiting:
                    self._waiting.pop(number).set()

    def _drop_refused(self, why: str) -> bool:
        """Leave out what a client asked for and nobody acknowledged; False if there is none."""
        culprits = [
            number
            for number in range(self._first_count, len(self.subscriptions))
            if number not in self._acknowledged
        ]
        for number in culprits:
            self.refused[self.subscriptions[number]] = why
        self.subscriptions = [
            one for number, one in enumerate(self.subscriptions) if number not in culprits
        ]
        self._acknowledged = set(range(len(self.subscriptions)))
        for event in self._waiting.values():
            event.set()
        self._waiting.clear()
        return bool(culprits)
