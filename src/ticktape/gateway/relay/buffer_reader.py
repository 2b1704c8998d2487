"""A place in a relay's buffer, on its way to now: files first, then what is not on disk yet."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ticktape.feeds.record_stream import RecordStream
from ticktape.gateway.live.history import AgedOutError
from ticktape.gateway.relay.segments import READ_BYTES, Segment
from ticktape.tape.batch import Batch

if TYPE_CHECKING:
    from ticktape.gateway.relay.disk_buffer import DiskBuffer


class BufferReader:
    """Made by :meth:`DiskBuffer.reader`."""

    def __init__(
        self, buffer: DiskBuffer, segment: Segment | None, *, with_books: bool = True
    ) -> None:
        self._buffer = buffer
        self._begins_with = segment if with_books else None
        self._segment = segment
        self._file: BinaryIO | None = None
        self._stream = RecordStream(quotes=buffer.quotes)
        self._offset = 0

    @cached_property
    def books(self) -> list[np.ndarray]:
        """The books as they were at its beginning, as MBO records; read when first asked for."""
        begins_with = self._begins_with
        return [] if begins_with is None else self._buffer.books_of(begins_with)

    async def read(self) -> list[Batch]:
        """Give about a megabyte more, read beside the event loop; nothing where now is near.

        Raises
        ------
        AgedOutError
            It was forgotten before it was read.
        """
        return await asyncio.to_thread(self._read)

    def rest(self) -> list[Batch]:
        """Give all that is left, also what waits to be written."""
        found: list[Batch] = []
        while self._segment is not None:
            while batches := self._read():
                found += batches
            behind, following, waiting = self._buffer.after(self._segment, self._offset)
            if behind:
                continue
            found += waiting
            self._offset += sum(batch.records.nbytes for batch in waiting)
            if following is None:
                break
            self._go_to(following)
        return found

    def _read(self) -> list[Batch]:
        while self._segment is not None:
            data = self._read_file(self._segment)
            if data:
                self._offset += len(data)
                batches = self._stream.feed(data)
                if batches:
                    return batches
                continue
            behind, following, waiting = self._buffer.after(self._segment, self._offset)
            if behind:
                continue
            if waiting or following is None:
                return []
            self._go_to(following)
        return []

    def _read_file(self, segment: Segment) -> bytes:
        left = segment.content_bytes - self._offset
        if not left:
            return b""
        if self._file is None:
            try:
                self._file = segment.path.open("rb")
            except FileNotFoundError as error:
                raise AgedOutError(
                    f"Replay data of {segment.first_ns} has aged out before it was read"
                ) from error
            self._stream = RecordStream(quotes=self._buffer.quotes)
            self._stream.feed(self._file.read(segment.header_bytes))
        # A place that was read from memory is passed over.
        self._file.seek(segment.header_bytes + self._offset)
        return self._file.read(min(READ_BYTES, left))

    def _go_to(self, segment: Segment) -> None:
        self.close()
        self._segment, self._offset = segment, 0

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
