"""What leaves a session: a bounded queue of parcels, written straight from their arrays.

The records of a parcel are encoded once and shared by every session that queues it: what a session
has of its own is its place in them. Several parcels go out in one gathering send, none is copied.
A send never waits: where the socket takes no more, writing goes on as soon as it does, and nothing
else stands still meanwhile. Heartbeats are sent by wall clock whenever nothing else was, also
before the first record and while a replay is paused.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from typing import Final

from ticktape.gateway.live.parcel import Parcel, compress_frame
from ticktape.gateway.live.session_records import SystemCode, system_record
from ticktape.ops.metrics import GATEWAY_RECORDS, STREAM_BYTES
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

LAG_BYTES: Final = 32 << 20
STALL_TIMEOUT_S: Final = 5.0
_SEND_BYTES: Final = 1 << 20
# What one session may write before the others have their turn.
_TURN_BYTES: Final = 4 << 20
_MOST_PIECES: Final = 64
_BYTES: Final = STREAM_BYTES.labels("gateway")


class Outlet:
    """The way out of one session.

    Parameters
    ----------
    connection : socket.socket
        Non-blocking, connected.
    now_ns : callable
        Gives the time of the session's timeline, for heartbeats.
    capacity_bytes : int
        What the queue holds, in bytes of records, before it is full.
    """

    def __init__(
        self,
        connection: socket.socket,
        now_ns: Callable[[], int],
        capacity_bytes: int = LAG_BYTES,
    ) -> None:
        self._connection = connection
        self._now_ns = now_ns
        self.capacity_bytes = capacity_bytes
        self._allowance = 0
        self._queue: deque[Parcel] = deque()
        # What is on its way: a piece of bytes each, and what it was encoded from.
        self._pieces: deque[memoryview] = deque()
        self._parcels: deque[Parcel | None] = deque()
        self._opened = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._half_free = asyncio.Event()
        self._over = asyncio.Event()
        # Set where the next look is due earlier than it was to be.
        self._wake = asyncio.Event()
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._blocked = False
        self._finished = False
        self._compressed = False
        self._ts_out = False
        self.heartbeat_interval_s: float = 30.0
        self.stall_timeout_s = STALL_TIMEOUT_S
        self.queued_bytes = 0
        self.records_sent = 0
        self.bytes_sent = 0
        self._last_progress = 0.0
        self._last_queued = 0.0
        self.skips_when_slow = False
        self.ended_for = ""
        self.abort_after_records: int | None = None

    def open(self, header: bytes, *, ts_out: bool, compressed: bool, skips: bool) -> None:
        """Begin the binary part of the session with its metadata."""
        self.skips_when_slow = skips
        self._ts_out = ts_out
        self._compressed = compressed
        self._pieces.append(memoryview(compress_frame(header) if compressed else header))
        self._parcels.append(None)
        self._opened.set()

    @property
    def peer(self) -> object:
        """The address of the other side; None where it is gone."""
        try:
            return self._connection.getpeername()
        except OSError:
            return None

    @property
    def is_full(self) -> bool:
        """Whether :meth:`put` would wait."""
        return self.queued_bytes >= self.capacity_bytes + self._allowance

    @property
    def is_ended(self) -> bool:
        """Whether nothing more is taken."""
        return self._finished or self._over.is_set()

    @property
    def waiting_bytes(self) -> int:
        """Bytes of records that wait and are not on their way yet: those can still be dropped."""
        return sum(parcel.nbytes for parcel in self._queue)

    def holds(self, parcel: Parcel) -> bool:
        """Whether a parcel waits to be sent."""
        return any(one is parcel for one in self._queue)

    @property
    def lag_records(self) -> int:
        """How many records wait to be written."""
        return sum(parcel.count for parcel in self._queue)

    def put_now(self, records: Batch | Parcel) -> None:
        """Queue records without regard to the capacity, and write what the socket takes.

        After :meth:`finish` nothing is taken any more.
        """
        parcel = records if isinstance(records, Parcel) else Parcel.of(records)
        if not parcel.count or self.is_ended:
            return
        self._queue.append(parcel)
        self.queued_bytes += parcel.nbytes
        if self.is_full:
            self._room.clear()
        if self._loop is not None and not self._blocked:
            self._last_queued = self._loop.time()
            self._pump(self._loop)

    async def put(self, records: Batch | Parcel) -> None:
        """Queue records as soon as there is room."""
        await self._room.wait()
        self.put_now(records)

    async def put_behind(self, records: Batch | Parcel) -> None:
        """Queue records as soon as half of the room is free: what happens now comes first."""
        while self.queued_bytes > self.capacity_bytes // 2 and not self.is_ended:
            self._half_free.clear()
            await self._half_free.wait()
        self.put_now(records)

    async def wait_for_room(self, patience_s: float, grace_s: float = 0.1) -> bool:
        """Wait until :meth:`put` would not; False where the peer took nothing for too long.

        Parameters
        ----------
        patience_s : float
            Seconds since the peer last took something, also before this was called: who stopped
            reading long ago is not waited for again.
        grace_s : float
            Seconds to wait all the same: where this process stood still, its peers could not read.
        """
        loop = asyncio.get_running_loop()
        least = loop.time() + min(patience_s, grace_s)
        while self.is_full and not self._over.is_set():
            left_s = max(self._last_progress + patience_s, least) - loop.time()
            if left_s <= 0:
                return False
            try:
                async with asyncio.timeout(left_s):
                    await self._room.wait()
            except TimeoutError:
                continue
        return True

    def forgive_backlog(self) -> None:
        """Do not count what waits now against the capacity: a past that was asked for at once."""
        self._allowance = self.queued_bytes
        self._room.set()

    def drop(self, schemas: frozenset[Schema]) -> int:
        """Drop what waits of these schemas and say how many records that were."""
        before = self.lag_records
        kept = [parcel.without(schemas) for parcel in self._queue]
        self._queue = deque(parcel for parcel in kept if parcel.count)
        dropped = before - self.lag_records
        self.queued_bytes = sum(
            parcel.nbytes for parcel in (*self._queue, *self._parcels) if parcel
        )
        self._say_room()
        return dropped

    def finish(self) -> None:
        """Let :meth:`run` return once everything queued was written."""
        self._finished = True
        self._wake.set()
        if self._loop is not None and not self._blocked:
            self._pump(self._loop)

    async def run(self) -> None:
        """Write until finished; nothing before :meth:`open`.

        Raises
        ------
        OSError
            The peer went away; TimeoutError where it took nothing of what was left to say.
        OutageError
            The test hook ``abort_after_records`` took effect.
        """
        await self._opened.wait()
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._last_progress = self._last_queued = loop.time()
        try:
            self._pump(loop)
            while not self._over.is_set():
                self._wake.clear()
                try:
                    async with asyncio.timeout(self._next_look_s(loop.time())):
                        await self._wake.wait()
                except TimeoutError:
                    self._look(loop.time())
        finally:
            self._loop = None
            self._over.set()
            self._room.set()
            self._half_free.set()
            if self._blocked:
                loop.remove_writer(self._connection)
        if self._failure is not None:
            raise self._failure

    def _next_look_s(self, now: float) -> float:
        # Who is to be done soon is looked after more often than who may be silent.
        wait_s = min(1.0, self.stall_timeout_s) if self._finished else self.heartbeat_interval_s
        return max(0.01, min(wait_s, self._last_queued + self.heartbeat_interval_s - now))

    def _look(self, now: float) -> None:
        if self._finished:
            if self._blocked and now - self._last_progress > self.stall_timeout_s:
                self._end(TimeoutError("the client does not read"))
        elif now - self._last_queued >= self.heartbeat_interval_s:
            self._last_queued = now
            if not self._blocked:
                beat = system_record(SystemCode.HEARTBEAT, "Heartbeat", self._now_ns())
                self.put_now(Batch(Schema.SYSTEM, beat))

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write what the socket takes, without waiting for it."""
        turn_bytes = 0
        while self._pieces or self._load():
            try:
                sent = self._connection.sendmsg(self._pieces)
            except BlockingIOError:
                return self._wait_until_writable(loop)
            except OSError as error:
                return self._end(error)
            self._last_progress = loop.time()
            self.bytes_sent += sent
            _BYTES.inc(sent)
            turn_bytes += sent
            self._advance(sent)
            if turn_bytes >= _TURN_BYTES:
                return self._wait_until_writable(loop)
        if self._blocked:
            loop.remove_writer(self._connection)
            self._blocked = False
        if self._finished and not self._over.is_set():
            self._end(None)
        return None

    def _wait_until_writable(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._blocked:
            self._blocked = True
            loop.add_writer(self._connection, self._pump, loop)

    def _end(self, failure: Exception | None) -> None:
        if self._blocked and self._loop is not None:
            self._loop.remove_writer(self._connection)
            self._blocked = False
        self._failure = self._failure or failure
        self._pieces.clear()
        self._over.set()
        self._wake.set()
        self._room.set()
        self._half_free.set()

    def _load(self) -> bool:
        """Take from the queue what is to be sent next; False where there is nothing."""
        size = 0
        while self._queue and size < _SEND_BYTES and len(self._pieces) < _MOST_PIECES:
            parcel = self._queue.popleft()
            limit = self.abort_after_records
            if limit is not None:
                before = self.records_sent + sum(one.count for one in self._parcels if one)
                if before + parcel.count >= limit:
                    parcel = parcel.first(limit - before)
                    self._queue.clear()
            piece = parcel.encode(ts_out=self._ts_out, compressed=self._compressed)
            size += len(piece)
            self._pieces.append(piece)
            self._parcels.append(parcel)
        return bool(self._pieces)

    def _advance(self, sent: int) -> None:
        while self._pieces:
            piece = self._pieces[0]
            if sent < len(piece):
                self._pieces[0] = piece[sent:]
                break
            sent -= len(piece)
            self._pieces.popleft()
            parcel = self._parcels.popleft()
            if parcel is not None:
                self.records_sent += parcel.count
                self.queued_bytes -= parcel.nbytes
                GATEWAY_RECORDS.inc(parcel.count)
        self._say_room()
        if self.abort_after_records is not None and self.records_sent >= self.abort_after_records:
            self._end(OutageError())

    def _say_room(self) -> None:
        self._allowance = max(0, min(self._allowance, self.queued_bytes))
        if not self.is_full:
            self._room.set()
        if self.queued_bytes <= self.capacity_bytes // 2:
            self._half_free.set()


class OutageError(Exception):
    """The outage that a test asked for: the connection is to be reset."""
