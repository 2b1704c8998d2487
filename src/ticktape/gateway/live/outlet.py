"""What leaves a session: a bounded queue of parcels, and the task that writes it to the socket.

Parcels are written together, straight from their arrays, in pieces of up to a megabyte; a send
waits until the peer has taken it, so a slow reader holds its own session back and nothing else is
buffered. Heartbeats are sent by wall clock whenever nothing else was, also before the first record
and while a replay is paused.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import zstandard

from ticktape.gateway.live.parcel import Parcel
from ticktape.gateway.live.session_records import SystemCode, system_record
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

WRITE_BYTES: Final = 1 << 20
_SEND_BYTES: Final = 1 << 18
_THREAD_BYTES: Final = 1 << 17
_ZSTD_LEVEL: Final = 1


class Outlet:
    """The way out of one session.

    Parameters
    ----------
    connection : socket.socket
        Non-blocking, connected.
    now_ns : callable
        Gives the time of the session's timeline, for heartbeats.
    capacity_bytes : int
        What the queue holds before :meth:`put` waits.
    """

    def __init__(
        self, connection: socket.socket, now_ns: Callable[[], int], capacity_bytes: int = 32 << 20
    ) -> None:
        self._connection = connection
        self._now_ns = now_ns
        self._capacity = capacity_bytes
        self._allowance = 0
        self._queue: deque[Parcel] = deque()
        self._header = b""
        self._something = asyncio.Event()
        self._opened = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._finished = False
        self._compressor: zstandard.ZstdCompressionObj | None = None
        self._ts_out = False
        self.heartbeat_interval_s: float = 30.0
        self.queued_bytes = 0
        self.records_sent = 0
        self.bytes_sent = 0
        self._last_progress = 0.0
        self.skips_when_slow = False
        self.stuck = asyncio.Event()
        self.abort_after_records: int | None = None

    def open(self, header: bytes, *, ts_out: bool, compressed: bool, skips: bool) -> None:
        """Begin the binary part of the session with its metadata."""
        self.skips_when_slow = skips
        self._header = header
        self._ts_out = ts_out
        if compressed:
            self._compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()
        self._opened.set()

    @property
    def is_full(self) -> bool:
        """Whether :meth:`put` would wait."""
        return self.queued_bytes >= self._capacity + self._allowance

    @property
    def lag_records(self) -> int:
        """How many records wait to be written."""
        return sum(parcel.count for parcel in self._queue)

    def put_now(self, records: Batch | Parcel) -> None:
        """Queue records without regard to the capacity."""
        parcel = records if isinstance(records, Parcel) else Parcel.of(records)
        if not parcel.count:
            return
        self._queue.append(parcel)
        self.queued_bytes += parcel.nbytes
        if self.is_full:
            self._room.clear()
        self._something.set()

    async def put(self, records: Batch | Parcel) -> None:
        """Queue records as soon as there is room."""
        await self._room.wait()
        self.put_now(records)

    async def wait_for_room(self, patience_s: float) -> bool:
        """Wait until :meth:`put` would not; False where the peer took nothing for too long.

        Parameters
        ----------
        patience_s : float
            Seconds since the peer last took something, also before this was called: who stopped
            reading long ago is not waited for again.
        """
        loop = asyncio.get_running_loop()
        while self.is_full:
            left_s = self._last_progress + patience_s - loop.time()
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
        self.queued_bytes = sum(parcel.nbytes for parcel in self._queue)
        self._say_room()
        return dropped

    def finish(self) -> None:
        """Let :meth:`run` return once everything queued was written."""
        self._finished = True
        self._something.set()

    async def run(self) -> None:
        """Write until finished; nothing before :meth:`open`.

        Raises
        ------
        OSError
            The peer went away.
        OutageError
            The test hook ``abort_after_records`` took effect.
        """
        await self._opened.wait()
        await self._write_bytes(self._header)
        while True:
            if not self._queue:
                if self._finished:
                    return
                self._something.clear()
                try:
                    async with asyncio.timeout(self.heartbeat_interval_s):
                        await self._something.wait()
                except TimeoutError:
                    beat = system_record(SystemCode.HEARTBEAT, "Heartbeat", self._now_ns())
                    self.put_now(Batch(Schema.SYSTEM, beat))
                continue
            await self._write_records(self._take())

    def _take(self) -> list[Parcel]:
        parcels: list[Parcel] = []
        size = 0
        while self._queue and size < WRITE_BYTES:
            parcels.append(self._queue.popleft())
            size += parcels[-1].nbytes
        return parcels

    async def _write_records(self, parcels: list[Parcel]) -> None:
        size = sum(parcel.nbytes for parcel in parcels)
        count = sum(parcel.count for parcel in parcels)
        limit = self.abort_after_records
        if limit is not None and self.records_sent + count >= limit:
            await self._write_bytes(
                self._encode(_first_records(parcels, limit - self.records_sent))
            )
            raise OutageError
        if len(parcels) == 1 or size >= WRITE_BYTES:
            for parcel in parcels:
                await self._write_bytes(self._encode([parcel]))
        else:
            await self._write_bytes(self._encode(parcels))
        self.records_sent += count
        self.queued_bytes -= size
        self._say_room()

    def _say_room(self) -> None:
        self._allowance = min(self._allowance, self.queued_bytes)
        if not self.is_full:
            self._room.set()

    def _encode(self, parcels: list[Parcel]) -> bytes | memoryview:
        ts_out_ns = time.time_ns() if self._ts_out else None
        pieces = [parcel.encode(ts_out_ns) for parcel in parcels]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _write_bytes(self, data: bytes | memoryview) -> None:
        loop = asyncio.get_running_loop()
        if self._compressor is not None:
            if len(data) > _THREAD_BYTES:
                data = await asyncio.to_thread(_compress, self._compressor, data)
            else:
                data = _compress(self._compressor, data)
        view = memoryview(data)
        self._last_progress = loop.time()
        for start in range(0, len(view), _SEND_BYTES):
            part = view[start : start + _SEND_BYTES]
            await loop.sock_sendall(self._connection, part)
            self.bytes_sent += len(part)
            self._last_progress = loop.time()


class OutageError(Exception):
    """The outage that a test asked for: the connection is to be reset."""


def _compress(compressor: zstandard.ZstdCompressionObj, data: bytes | memoryview) -> bytes:
    # A flushed block at every write: the peer can decode all that was sent so far.
    return compressor.compress(data) + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def _first_records(parcels: list[Parcel], count: int) -> list[Parcel]:
    kept: list[Parcel] = []
    for parcel in parcels:
        if count > 0:
            kept.append(parcel.first(count))
            count -= parcel.count
    return kept
