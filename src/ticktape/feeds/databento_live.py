"""Databento live as a feed: the official client's session, with records taken as arrays."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final, Self

import databento_dbn as dbn
import numpy as np

from ticktape.feeds.backoff import Backoff
from ticktape.feeds.databento_key import ApiKey, find_key
from ticktape.feeds.databento_session import (
    SessionSettings,
    default_gateway,
    fatal_error,
    open_session,
    send_subscription,
)
from ticktape.feeds.live_subscriptions import LiveSubscription, Subscriptions
from ticktape.feeds.record_stream import RecordStream
from ticktape.tape.batch import Batch
from ticktape.tape.errors import (
    ConnectionLostError,
    NotDbnError,
    TicktapeError,
    UpstreamError,
)
from ticktape.tape.gaps import Gap, gap_batch, loss_batch
from ticktape.tape.layouts import Schema, index_field
from ticktape.tape.metadata import make_metadata

DEFAULT_PORT: Final = 13000
HEARTBEAT_MARGIN_S: Final = 10.0
QUEUE_BYTES: Final = 64 << 20
BATCH_RECORDS: Final = 1 << 16

_SESSION_SCHEMAS: Final = frozenset({Schema.SYSTEM, Schema.ERROR, Schema.SYMBOL_MAPPING})

_log = logging.getLogger(__name__)


class DatabentoLiveFeed:
    """A live session as batches, on the caller's event loop.

    Iterate it once: ``async for batch in feed``. Every record comes as arrays, in order, those of
    the session too (``symbol-mapping``, ``system``, ``error``). Of several schemas, the records of
    one read from the socket are a batch each: in order within each schema, and between the records
    of the session and the definitions among them.

    When the connection breaks, or nothing (not even a heartbeat) was heard for the heartbeat
    interval and ten seconds, the feed connects again and subscribes anew: without ``start``, and
    MBO with a snapshot, so that books are right from there on. The loss is said in the stream at
    once (:mod:`ticktape.tape.gaps`); what was missed is a :class:`Gap`: in :attr:`gaps`, and in the
    stream before the new session's records. A refused key and a wrong subscription are final. The
    first connection is tried once.

    The end of the stream (a FIN) ends the iteration, unless ``reconnect_at_end``. When the queue is
    full, reading from the socket stops until the consumer has caught up: nothing is dropped.

    Parameters
    ----------
    key : str, ApiKey or None
        None takes ``DATABENTO_API_KEY`` from the environment or from ``.env``. Never logged.
    dataset : str
        ``"GLBX.MDP3"``.
    subscriptions : iterable of LiveSubscription
        What to subscribe to at every connection.
    gateway : str, optional
        Host; by default the vendor's gateway of the dataset.
    port : int
        TCP port.
    ts_out : bool
        Have the gateway stamp every record with its time of sending; see :attr:`last_ts_out_ns`.
        The stamps are taken off the records.
    compression : {"none", "zstd"}
        Of the session.
    heartbeat_interval_s : int
        5 to 1800.
    slow_reader_behavior : {"warn", "skip"}, optional
        What the gateway does when this feed is slow.
    reconnect : bool
        False: a lost connection raises ConnectionLostError.
    reconnect_at_end : bool
        True: also after the gateway closed the stream orderly.
    backoff : Backoff
        The waits between attempts.
    queue_bytes : int
        What the queue holds before reading pauses.

    Raises
    ------
    AuthenticationError
        There is no key; while iterating: it was refused.
    UpstreamError
        While iterating: the gateway ended the session with an error.
    ConnectionLostError
        While iterating: the first connection failed, or no more attempts are left.
    """

    def __init__(
        self,
        key: str | ApiKey | None,
        dataset: str,
        subscriptions: Iterable[LiveSubscription],
        gateway: str | None = None,
        port: int = DEFAULT_PORT,
        *,
        ts_out: bool = False,
        compression: str = "none",
        heartbeat_interval_s: int = 10,
        slow_reader_behavior: str | None = None,
        reconnect: bool = True,
        reconnect_at_end: bool = False,
        backoff: Backoff | None = None,
        queue_bytes: int = QUEUE_BYTES,
    ) -> None:
        self._key = find_key(key)
        self._settings = SessionSettings(
            dataset,
            gateway or default_gateway(dataset),
            port,
            ts_out=ts_out,
            compression=compression,
            heartbeat_interval_s=heartbeat_interval_s,
            slow_reader_behavior=slow_reader_behavior,
        )
        self._subscriptions = Subscriptions(subscriptions)
        self._reconnect = reconnect
        self._reconnect_at_end = reconnect_at_end
        self._backoff = backoff or Backoff()
        self._chance = random.Random()
        self._queue_limit = queue_bytes

        self._queue: deque[Batch] = deque()
        self._queued_bytes = 0
        self._arrived = asyncio.Event()
        self._opened = asyncio.Event()
        self._ended = False
        self._failure: TicktapeError | None = None
        self._running: asyncio.Task[None] | None = None
        self._protocol: Any = None
        self._stream = RecordStream()
        self._paused = False
        self._last_heard = 0.0
        self._last_ns: int | None = None
        self._refusal: TicktapeError | None = None
        self._broken: NotDbnError | None = None
        self._metadata: dbn.Metadata | None = None
        self.gaps: list[Gap] = []
        self.sessions = 0

    def __repr__(self) -> str:
        return f"DatabentoLiveFeed({self._settings.dataset!r}, {self._settings.where}, key=****)"

    @property
    def metadata(self) -> dbn.Metadata:
        """What the session said; before that, no more than the dataset."""
        return self._metadata or make_metadata(self._settings.dataset, None, 0, stype_in=None)

    @property
    def connected(self) -> bool:
        """Whether a session is open now."""
        return self._protocol is not None

    @property
    def address(self) -> object:
        """Our own address in the open session, as its socket has it; None without one."""
        protocol = self._protocol
        return None if protocol is None else protocol.transport.get_extra_info("sockname")

    @property
    def last_ts_out_ns(self) -> int | None:
        """When the gateway sent the last record, with ``ts_out``."""
        return self._stream.last_ts_out_ns

    @property
    def queued_bytes(self) -> int:
        """Bytes that wait for the consumer."""
        return self._queued_bytes

    async def connect(self) -> None:
        """Connect, subscribe, and wait for the session's metadata; iterating does so too."""
        self._launch()
        await self._opened.wait()
        if self._metadata is None and self._failure is not None:
            raise self._failure

    def _launch(self) -> None:
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    def subscribe(self, subscription: LiveSubscription) -> None:
        """Add a subscription; on a running session too, where ``start`` is without effect."""
        is_new = self._subscriptions.add(subscription)
        if self._protocol is not None and is_new:
            send_subscription(self._protocol, subscription, len(self._subscriptions) - 1)

    def unsubscribe(self, subscription: LiveSubscription) -> None:
        """Drop a subscription.

        The live protocol knows no unsubscribing: the records still arrive, and are left out here.
        """
        self._subscriptions.remove(subscription)

    async def close(self) -> None:
        """Leave; the iteration ends with what was received."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def aclose(self) -> None:
        """Leave, as :meth:`close`; for ``contextlib.aclosing``."""
        await self.close()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        self._launch()
        return self

    async def __anext__(self) -> Batch:
        while not self._queue:
            if self._ended:
                await self._raise_failure()
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        batch = self._take()
        self._queued_bytes -= batch.records.nbytes
        if self._paused and self._queued_bytes < self._queue_limit // 2:
            self._resume()
        return batch

    async def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._running is not None:
            await asyncio.wait({self._running})
            if not self._running.cancelled():
                self._running.result()

    def _take(self) -> Batch:
        """Take what waits of one schema: reads of 64 KB become batches worth a kernel's call."""
        batch = self._queue.popleft()
        parts, count = [batch.records], len(batch.records)
        while self._queue and self._queue[0].schema is batch.schema and count < BATCH_RECORDS:
            parts.append(self._queue.popleft().records)
            count += len(parts[-1])
        return batch if len(parts) == 1 else Batch(batch.schema, np.concatenate(parts))

    def _resume(self) -> None:
        self._paused = False
        self._last_heard = asyncio.get_running_loop().time()
        if self._protocol is not None:
            self._protocol.transport.resume_reading()

    async def _run(self) -> None:
        failures = 0
        try:
            while True:
                before = self.sessions
                try:
                    await self._serve_session()
                    if not self._reconnect_at_end:
                        return
                    reason = "the gateway closed the stream"
                except (ConnectionLostError, UpstreamError) as error:
                    if not self._reconnect or not self.sessions or error.terminal:
                        raise
                    reason = str(error)
                    failures = 1 if self.sessions > before else failures + 1
                    if self._backoff.attempts is not None and failures > self._backoff.attempts:
                        raise
                delay_s = self._backoff.delay_s(max(failures, 1), self._chance)
                _log.warning("%s; connecting again in %.1f s", reason, delay_s)
                self._reason = reason
                if self.sessions > before:
                    self._put(loss_batch(self._last_ns or 0, reason))
                    self._arrived.set()
                await asyncio.sleep(delay_s)
        except TicktapeError as error:
            self._failure = error
        finally:
            self._ended = True
            self._opened.set()
            self._arrived.set()

    async def _serve_session(self) -> None:
        protocol = await self._open_session()
        try:
            self._protocol = protocol
            for number, subscription in enumerate(self._subscriptions.for_session(self.sessions)):
                send_subscription(protocol, subscription, number)
            self._last_heard = asyncio.get_running_loop().time()
            protocol.start()
            await self._watch(protocol)
        finally:
            self._protocol = None
            self._paused = False
            protocol.transport.abort()
        self._judge_end()

    async def _open_session(self) -> Any:  # noqa: ANN401 -- the vendor's class
        self._refusal = self._broken = None
        protocol = await open_session(self._key, self._settings, self._take_bytes)
        self._stream = RecordStream(
            compressed=self._settings.compression == "zstd" and not protocol.takes_records,
            quotes=self._subscriptions.quote_schema(),
        )
        return protocol

    async def _watch(self, protocol: Any) -> None:  # noqa: ANN401 -- the vendor's class
        """Wait for the end of the connection, or for a silence that is too long."""
        loop = asyncio.get_running_loop()
        allowed_s = self._settings.heartbeat_interval_s + HEARTBEAT_MARGIN_S
        while True:
            await asyncio.wait({protocol.disconnected}, timeout=1.0)
            if protocol.disconnected.done():
                break
            if not self._paused and loop.time() - self._last_heard > allowed_s:
                raise ConnectionLostError(f"Nothing was heard for {allowed_s:g} seconds")
        error = protocol.disconnected.exception()
        if error is not None and self._refusal is None and self._broken is None:
            raise ConnectionLostError(f"The connection was lost: {error}") from error

    def _judge_end(self) -> None:
        if self._broken is not None:
            raise self._broken
        if self._refusal is not None:
            raise self._refusal
        if self._stream.metadata is None:
            raise ConnectionLostError("The gateway closed the stream before its metadata")
        if self._stream.is_partial:
            raise ConnectionLostError("The stream ended inside a record")

    def _take_bytes(self, data: bytes) -> None:
        self._last_heard = asyncio.get_running_loop().time()
        had_metadata = self._stream.metadata is not None
        try:
            batches = self._stream.feed(data)
            if not had_metadata and self._stream.metadata is not None:
                self._begin_session(self._stream.metadata)
            for batch in batches:
                self._accept(batch)
        except NotDbnError as error:
            self._broken = error
            self._protocol.transport.abort()
        self._arrived.set()
        if self._queued_bytes > self._queue_limit and not self._paused and self._protocol:
            self._paused = True
            self._protocol.transport.pause_reading()

    def _begin_session(self, metadata: dbn.Metadata) -> None:
        self._metadata = metadata
        self.sessions += 1
        if self.sessions > 1:
            gap = Gap(self._last_ns or 0, metadata.start, self._reason)
            self.gaps.append(gap)
            self._put(gap_batch(gap))
        self._last_ns = max(self._last_ns or 0, metadata.start)
        self._opened.set()

    def _accept(self, batch: Batch) -> None:
        if batch.schema is Schema.ERROR:
            self._note_errors(batch.records)
        elif batch.schema is Schema.SYMBOL_MAPPING:
            self._subscriptions.note_mappings(batch.records)
        elif batch.schema not in _SESSION_SCHEMAS:
            records = self._subscriptions.wanted(batch)
            if not len(records):
                return
            self._last_ns = int(records[index_field(batch.schema)][-1])
            batch = Batch(batch.schema, records)
        self._put(batch)

    def _put(self, batch: Batch) -> None:
        self._queue.append(batch)
        self._queued_bytes += batch.records.nbytes

    def _note_errors(self, records: np.ndarray) -> None:
        for record in records:
            code, text = int(record["code"]), record["err"].decode(errors="replace")
            self._subscriptions.log_error(code, text)
            self._refusal = fatal_error(code, text) or self._refusal
