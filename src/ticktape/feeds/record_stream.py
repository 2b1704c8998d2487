"""A stream of DBN bytes that is pushed in, cut into batches: views of the bytes, no record touched.

The live protocol's binary part: metadata, then records, in pieces of any size; zstd where the
session asked for it.
"""

from __future__ import annotations

from typing import Final

import databento_dbn as dbn
import numpy as np
import zstandard

from ticktape.tape.batch import Batch
from ticktape.tape.errors import NotDbnError
from ticktape.tape.layouts import LAYOUTS, LAYOUTS_TS_OUT, SCHEMA_OF_RTYPE, Schema
from ticktape.tape.metadata import PRELUDE_BYTES, decode_metadata, metadata_bytes_left

_HEADER_BYTES: Final = 16
_QUOTE_RTYPE: Final = 1


class RecordStream:
    """Takes bytes as they arrive, gives the whole records among them.

    Parameters
    ----------
    compressed : bool
        The bytes are one or more zstd frames.
    quotes : Schema
        What records of type 1 are: ``mbp-1``, or ``tbbo`` where only that was subscribed to.

    Attributes
    ----------
    metadata : databento_dbn.Metadata or None
        As soon as it has arrived whole.
    last_ts_out_ns : int or None
        When the gateway sent the last record, in a session with ``ts_out``.
    """

    def __init__(self, *, compressed: bool = False, quotes: Schema = Schema.MBP_1) -> None:
        self._inflate = zstandard.ZstdDecompressor().decompressobj() if compressed else None
        self._quotes = quotes
        self._carry = b""
        self.metadata: dbn.Metadata | None = None
        self.version = 0
        self.last_ts_out_ns: int | None = None

    @property
    def is_partial(self) -> bool:
        """Whether the bytes so far end inside the metadata or a record."""
        return bool(self._carry)

    def feed(self, data: bytes) -> list[Batch]:
        """Take bytes; give runs of whole records of one schema, in order.

        Raises
        ------
        NotDbnError
            The bytes are not DBN records.
        """
        if self._inflate is not None:
            data = self._decompress(data)
        if self._carry:
            data = self._carry + data
            self._carry = b""
        start = 0
        if self.metadata is None:
            start = self._take_metadata(data)
        buffer = np.frombuffer(data, np.uint8)
        batches = []
        while (run := self._next_run(buffer, start)) is not None:
            schema, count, size = run
            batches.append(Batch(schema, self._view(schema, data, start, count)))
            start += count * size
        self._carry = data[start:]
        return batches

    def _decompress(self, data: bytes) -> bytes:
        pieces = []
        inflate = self._inflate
        while data and inflate is not None:
            try:
                pieces.append(inflate.decompress(data))
            except zstandard.ZstdError as error:
                raise NotDbnError(f"the stream is not zstd: {error}") from error
            data = inflate.unused_data
            if inflate.eof:
                inflate = self._inflate = zstandard.ZstdDecompressor().decompressobj()
        return b"".join(pieces)

    def _take_metadata(self, data: bytes) -> int:
        if len(data) < PRELUDE_BYTES:
            return 0
        end = PRELUDE_BYTES + metadata_bytes_left(data[:PRELUDE_BYTES])
        if len(data) < end:
            return 0
        self.version = data[3]
        self.metadata = decode_metadata(data[:end])
        return end

    def _next_run(self, buffer: np.ndarray, start: int) -> tuple[Schema, int, int] | None:
        if self.metadata is None or len(buffer) - start < _HEADER_BYTES:
            return None
        size, rtype = int(buffer[start]) * 4, int(buffer[start + 1])
        schema = self._quotes if rtype == _QUOTE_RTYPE else SCHEMA_OF_RTYPE.get(rtype)
        layouts = LAYOUTS_TS_OUT if self.metadata.ts_out else LAYOUTS
        if schema is None or layouts[schema].itemsize != size:
            raise NotDbnError(f"no record has type {rtype} and {size} bytes")
        whole = (len(buffer) - start) // size
        if not whole:
            return None
        return schema, _alike(buffer, start, size, whole), size

    def _view(self, schema: Schema, data: bytes, start: int, count: int) -> np.ndarray:
        layout = LAYOUTS[schema]
        if self.metadata is None or not self.metadata.ts_out:
            return np.frombuffer(data, layout, count, start)
        stamped = np.frombuffer(data, LAYOUTS_TS_OUT[schema], count, start)
        self.last_ts_out_ns = int(stamped["ts_out"][-1])
        rows = stamped.view(np.uint8).reshape(count, -1)[:, : layout.itemsize]
        records = rows.copy().reshape(-1).view(layout)
        records["length"] = layout.itemsize // 4
        return records


def _alike(buffer: np.ndarray, start: int, size: int, whole: int) -> int:
    """Count the records from `start` with the first one's length and type, `whole` at most."""
    heads: np.ndarray = np.ndarray((whole,), "<u2", buffer, start, (size,))
    # Growing windows: linear work also where the types alternate.
    looked, window = 1, 16
    while looked < whole:
        differ = heads[looked : looked + window] != heads[0]
        first = int(differ.argmax())
        if differ[first]:
            return looked + first
        looked += window
        window *= 8
    return whole
