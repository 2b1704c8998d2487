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
from ticktape.tape.layouts import LAYOUTS, LAYOUTS_TS_OUT, RTYPES, SCHEMA_OF_RTYPE, Schema
from ticktape.tape.metadata import PRELUDE_BYTES, decode_metadata, metadata_bytes_left
from ticktape.tape.record_runs import equal_heads

_HEADER_BYTES: Final = 16
_QUOTE_RTYPE: Final = 1

# Record types that other records are to be read by.
_KEEPS_PLACE: Final = np.zeros(256, bool)
for _schema in (
    Schema.SYSTEM,
    Schema.ERROR,
    Schema.SYMBOL_MAPPING,
    Schema.DEFINITION,
    Schema.STATUS,
):
    _KEEPS_PLACE[RTYPES[_schema]] = True


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
        """Take bytes; give the whole records among them as batches.

        Bytes of one schema are one batch, a view. Of several, each schema is a batch, in the order
        of their first records: order by order and trade by trade a batch would be a record. What
        speaks of other records (sessions', definitions, status) keeps its place among them.

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
        if self.metadata is None:
            self._carry = data[start:]
            return []
        run = self._next_run(np.frombuffer(data, np.uint8), start)
        if run is None:
            self._carry = data[start:]
            return []
        schema, count, size = run
        end = start + count * size
        if len(data) - end < self._size_at(data, end):
            self._carry = data[end:]
            return [Batch(schema, self._view(schema, data, start, count))]
        return self._split(data, start)

    def _size_at(self, data: bytes, start: int) -> int:
        """Give the bytes that the record has which begins here; more than there are, if unknown."""
        return data[start] * 4 if start + 1 < len(data) else len(data) + 1

    def _split(self, data: bytes, start: int) -> list[Batch]:
        places = []
        at, length = start, len(data)
        while at + 1 < length:
            size = data[at] * 4
            if size < _HEADER_BYTES:
                raise NotDbnError(f"no record has type {data[at + 1]} and {size} bytes")
            if at + size > length:
                break
            places.append(at)
            at += size
        self._carry = data[at:]
        starts = np.array(places)
        buffer = np.frombuffer(data, np.uint8)
        types = buffer[starts + 1]
        keeps_place = _KEEPS_PLACE[types]
        # A new part wherever such a record begins or ends a run of its kind.
        kinds = np.where(keeps_place, types, np.uint8(0xFF))
        cuts = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
        batches = []
        for part in np.split(np.arange(len(starts)), cuts):
            found, firsts = np.unique(types[part], return_index=True)
            for rtype in found[np.argsort(firsts)]:
                mine = starts[part[types[part] == rtype]]
                batches.append(self._gather(buffer, mine))
        return batches

    def _gather(self, buffer: np.ndarray, starts: np.ndarray) -> Batch:
        schema, size = self._form_at(buffer, int(starts[0]))
        if (buffer[starts] != size // 4).any():
            raise NotDbnError(f"records of schema {schema} have different lengths")
        # Every byte as the start of a record of this size, so that one step gathers them all.
        rows: np.ndarray = np.ndarray((len(buffer) - size + 1,), f"V{size}", buffer, 0, (1,))
        return Batch(schema, self._view(schema, rows[starts].tobytes(), 0, len(starts)))

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
        if len(buffer) - start < _HEADER_BYTES:
            return None
        schema, size = self._form_at(buffer, start)
        whole = (len(buffer) - start) // size
        if not whole:
            return None
        return schema, equal_heads(buffer, start, size, whole), size

    def _form_at(self, buffer: np.ndarray, start: int) -> tuple[Schema, int]:
        size, rtype = int(buffer[start]) * 4, int(buffer[start + 1])
        schema = self._quotes if rtype == _QUOTE_RTYPE else SCHEMA_OF_RTYPE.get(rtype)
        stamped = self.metadata is not None and self.metadata.ts_out
        layouts = LAYOUTS_TS_OUT if stamped else LAYOUTS
        if schema is None or layouts[schema].itemsize != size:
            raise NotDbnError(f"no record has type {rtype} and {size} bytes")
        return schema, size

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
