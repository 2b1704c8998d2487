"""The one upstream session of a relay: what it is subscribed to, and that it survives refusals."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Final

import databento_dbn as dbn
import numpy as np
import structlog

from ticktape.feeds.backoff import Backoff
from ticktape.feeds.databento_live import DatabentoLiveFeed
from ticktape.feeds.databento_session import RefusedSubscriptionError
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.tape.batch import Batch
from ticktape.tape.errors import ConnectionLostError, UpstreamError
from ticktape.tape.gaps import Gap, gap_batch, loss_batch
from ticktape.tape.layouts import Schema, index_field

_ACKNOWLEDGED: Final = 1
_ACK_TEXT: Final = re.compile(rb"Subscription request (\d+)")

_log = structlog.wrap_logger(logging.getLogger(__name__))


class Upstream:
    """A live session that grows: a feed of everything subscribed so far.

    The vendor ends a session that asks for what it will not give. Here a new session then takes
    the place of the old, behind an in-band gap: one client's wish does not end the others' data.
    Subscriptions are answered in their order, so the first without an acknowledgement is the one
    refused: it is left out and remembered. Those behind it are asked for again, one by one.

    Parameters
    ----------
    make_feed : callable
        Makes a feed that is not yet connected, of the subscriptions given.
    subscriptions : iterable of LiveSubscription
        What to begin with.
    backoff : Backoff, optional
        The waits between attempts to open another session after a refusal.
    """

    def __init__(
        self,
        make_feed: Callable[[Sequence[LiveSubscription]], DatabentoLiveFeed],
        subscriptions: Iterable[LiveSubscription],
        backoff: Backoff | None = None,
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
        self._backoff = backoff or Backoff()
        self._chance = random.Random()

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
        return self._send(subscription, asyncio.Event())

    def _send(self, subscription: LiveSubscription, answered: asyncio.Event) -> asyncio.Event:
        self._waiting[len(self.subscriptions)] = answered
        self.subscriptions.append(subscription)
        self._feed.subscribe(subscription)
        return answered

    async def __aiter__(self) -> AsyncIterator[Batch]:
        """Give what comes, over all sessions."""
        while True:
            feed = self._feed
            try:
                async for batch in feed:
                    self._note(batch)
                    yield batch
            except RefusedSubscriptionError as refusal:
                pending = self._take_pending()
                if not pending:
                    raise
                (refused, answered), *others = pending
                self.refused[refused] = str(refusal)
                answered.set()
                await feed.close()
                self._earlier_sessions += feed.sessions
                self._earlier_gaps += len(feed.gaps) + 1
                yield loss_batch(self._last_ns, str(refusal))
                await self._open_anew()
                for subscription, event in others:
                    self._send(subscription, event)
                gap = Gap(self._last_ns, int(self._feed.metadata.start), str(refusal))
                yield gap_batch(gap)
            else:
                return

    async def _open_anew(self) -> None:
        """Open another session; who refused one wish may be gone for a while."""
        failures = 0
        while True:
            self._feed = self._make_feed(self.subscriptions)
            try:
                await self._feed.connect()
            except (ConnectionLostError, UpstreamError) as error:
                if error.terminal:
                    raise
                await self._feed.close()
                failures += 1
                delay_s = self._backoff.delay_s(failures, self._chance)
                _log.warning("no new session yet", reason=str(error), again_in_s=round(delay_s, 1))
                await asyncio.sleep(delay_s)
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

    def _take_pending(self) -> list[tuple[LiveSubscription, asyncio.Event]]:
        """Take out what clients asked for and nobody acknowledged, in the order it was sent."""
        pending = [
            number
            for number in range(self._first_count, len(self.subscriptions))
            if number not in self._acknowledged
        ]
        taken = [(self.subscriptions[number], self._waiting.pop(number)) for number in pending]
        for number in reversed(pending):
            del self.subscriptions[number]
        self._acknowledged = set(range(len(self.subscriptions)))
        return taken
