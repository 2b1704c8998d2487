"""Records on their way out: of one schema as they are, of several in the order of their places.

The vendor's gateway sends the schemas of a session interleaved by time. Here the records of a
session that came of one batch are one parcel; they become one run of bytes when they are written.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, NamedTuple, Self

import numpy as np
import zstandard

from ticktape.gateway.live.session_records import stamp_ts_out
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

_WORD_BYTES = 8
_ZSTD_LEVEL: Final = 1


def compress_frame(data: bytes | memoryview) -> bytes:
    """Compress to a zstd frame of its own, so that any session's stream can take it in."""
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(data)


class Lane(NamedTuple):
    """Records of one schema and their places among the others of their parcel.

    Attributes
    ----------
    batch : Batch
        The records, in order.
    places : numpy.ndarray
        Dtype int64, shape ``(len(batch.records),)``, never falling. Where places are equal, the
        lane that comes first in the parcel goes first.
    """

    batch: Batch
    places: np.ndarray


class Parcel:
    """Records of one or more schemas, to be written together.

    Sessions that get the same records share one parcel, and so its encoded bytes.

    Parameters
    ----------
    lanes : sequence of Lane
        Empty ones are left out.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = [lane for lane in lanes if len(lane.batch.records)]
        self.count = sum(len(lane.batch.records) for lane in self.lanes)
        self.nbytes = sum(lane.batch.records.nbytes for lane in self.lanes)
        self._encoded: dict[tuple[bool, bool], memoryview] = {}

    @classmethod
    def of(cls, batch: Batch) -> Self:
        """Make a parcel of one schema."""
        return cls([Lane(batch, np.empty(0, np.int64))])

    def without(self, schemas: frozenset[Schema]) -> Parcel:
        """Give the parcel without these schemas; itself where it has none of them."""
        kept = [lane for lane in self.lanes if lane.batch.schema not in schemas]
        return self if len(kept) == len(self.lanes) else Parcel(kept)

    def first(self, count: int) -> Parcel:
        """Give the first records alone."""
        if len(self.lanes) == 1:
            schema, records = self.lanes[0].batch
            return Parcel.of(Batch(schema, records[:count]))
        is_kept = np.zeros(self.count, bool)
        is_kept[self._order()[:count]] = True
        lanes = []
        for batch, places in self.lanes:
            mask, is_kept = is_kept[: len(places)], is_kept[len(places) :]
            lanes.append(Lane(Batch(batch.schema, batch.records[mask]), places[mask]))
        return Parcel(lanes)

    def encode(self, *, ts_out: bool, compressed: bool) -> memoryview:
        """Give the bytes to send: encoded once, a view of the records where that will do.

        Parameters
        ----------
        ts_out : bool
            Append the time of sending to every record: when the first session sends them.
        compressed : bool
            Give them as a zstd frame of their own.
        """
        form = (ts_out, compressed)
        encoded = self._encoded.get(form)
        if encoded is None:
            encoded = self._encode(time.time_ns() if ts_out else None)
            if compressed:
                encoded = memoryview(compress_frame(encoded))
            self._encoded[form] = encoded
        return encoded

    def _encode(self, ts_out_ns: int | None) -> memoryview:
        arrays = [
            np.ascontiguousarray(records)
            if ts_out_ns is None
            else stamp_ts_out(schema, records, ts_out_ns)
            for (schema, records), _ in self.lanes
        ]
        if len(arrays) == 1:
            return arrays[0].view(np.uint8).data
        return self._interleave(arrays).data

    def _order(self) -> np.ndarray:
        # Merges the runs in linear time: every lane is in order.
        return np.argsort(np.concatenate([lane.places for lane in self.lanes]), kind="stable")

    def _interleave(self, arrays: list[np.ndarray]) -> np.ndarray:
        order = self._order()
        words = [array.dtype.itemsize // _WORD_BYTES for array in arrays]
        sizes = np.repeat(words, [len(array) for array in arrays])[order]
        ends = np.cumsum(sizes)
        starts = np.empty(self.count, np.int64)
        starts[order] = ends - sizes
        content = np.empty(int(ends[-1]) * _WORD_BYTES, np.uint8)
        for array, size in zip(arrays, words, strict=True):
            mine, starts = starts[: len(array)], starts[len(array) :]
            # Every word as the start of a record of this size, so that one store places them all.
            opaque = np.dtype(f"V{size * _WORD_BYTES}")
            room = int(ends[-1]) - size + 1
            rows: np.ndarray = np.ndarray((room,), opaque, content, 0, (_WORD_BYTES,))
            rows[mine] = array.view(opaque)
        return content
