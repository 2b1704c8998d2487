"""A stream of DBN records cut into batches: runs of one schema, as views of the bytes read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.byte_source import ByteSource
from ticktape.tape.errors import TapeError
from ticktape.tape.layouts import LAYOUTS, RTYPES, Schema
from ticktape.tape.upgrade import OLD_LAYOUTS, upgrade_records

_HEADER_BYTES: Final = 16
_SMALLEST_BUFFER: Final = 1 << 14
_RTYPE_QUOTE: Final = 1
# Early files of version 1 have one record type for bars of every length.
_RTYPE_BARS_DEPRECATED: Final = 17
_QUOTES: Final = (Schema.MBP_1, Schema.TBBO)
_TS_OUT_BYTES: Final = 8


class Cut(NamedTuple):
    """Where a tape ends too early.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    record : int
        How many whole records it has: the index of the one that is not whole.
    bytes_left : int
        Bytes after the last whole record.
    reason : str
        What is missing.
    """

    path: Path
    record: int
    bytes_left: int
    reason: str

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.path} was cut after {self.record} records: {self.reason}"


class _Form(NamedTuple):
    schema: Schema
    layout: np.dtype
    is_old: bool
    has_ts_out: bool


class RecordRuns:
    """Reads records from bytes; iterate once.

    Parameters
    ----------
    source : ByteSource
        The bytes after the metadata.
    version : int
        DBN version of the records.
    schema : Schema or None
        The schema the metadata states; tells what is not told by the record type.
    chunk_records : int
        Most records in a batch.
    path : pathlib.Path
        Named in errors.
    keep_ts_out : bool
        True to keep the send time of records that have one.

    Attributes
    ----------
    cut : Cut or None
        After iterating: where the bytes end too early.
    skipped : Counter
        Records of unknown types that were passed over, by type.
    """

    def __init__(
        self,
        source: ByteSource,
        version: int,
        schema: Schema | None,
        chunk_records: int,
        path: Path,
        *,
        keep_ts_out: bool = False,
    ) -> None:
        self._source = source
        self._path = path
        self._chunk_records = chunk_records
        self._keep_ts_out = keep_ts_out
        self._forms = _forms(version, schema)
        self._known = {rtype for rtype, _ in self._forms}
        record_bytes = LAYOUTS[schema or Schema.MBO].itemsize
        if schema is not None:
            sizes = [size for (_, size), form in self._forms.items() if form.schema is schema]
            record_bytes = min(sizes)
        self._buffer_bytes = max(_SMALLEST_BUFFER, chunk_records * record_bytes)
        self._record = 0
        self.cut: Cut | None = None
        self.skipped: Counter[int] = Counter()

    def __iter__(self) -> Iterator[Batch]:
        carry = b""
        while True:
            buffer = np.empty(self._buffer_bytes, np.uint8)
            memory = buffer.data
            memory[: len(carry)] = carry
            got = self._fill(memory[len(carry) :])
            if not got:
                break
            end = len(carry) + got
            buffer.flags.writeable = False
            start = 0
            while (run := self._next_run(buffer, start, end)) is not None:
                form, size, count = run
                if form is not None:
                    yield self._batch(form, buffer[start : start + size * count])
                self._record += count
                start += size * count
            carry = memory[start:end].tobytes()
        reason = self._source.unfinished
        if carry:
            reason = reason or f"{len(carry)} bytes of the next record are there"
        if reason:
            self.cut = Cut(self._path, self._record, len(carry), reason)

    def _fill(self, target: memoryview) -> int:
        try:
            return self._source.read_into(target)
        except OSError as error:
            message = f"cannot be read: {error.strerror}"
        except TapeError as error:
            message = str(error)
        raise TapeError(message, path=self._path, record=self._record)

    def _next_run(
        self, buffer: np.ndarray, start: int, end: int
    ) -> tuple[_Form | None, int, int] | None:
        if end - start < _HEADER_BYTES:
            return None
        size = int(buffer[start]) * 4
        rtype = int(buffer[start + 1])
        if size < _HEADER_BYTES:
            raise self._damaged(f"length {size} is shorter than a record's header")
        form = self._forms.get((rtype, size))
        if form is None and rtype in self._known:
            raise self._damaged(f"length {size} is impossible for record type {rtype}")
        whole = min((end - start) // size, self._chunk_records)
        if not whole:
            return None
        count = equal_heads(buffer, start, size, whole)
        if form is None:
            self.skipped[rtype] += count
        return form, size, count

    def _batch(self, form: _Form, content: np.ndarray) -> Batch:
        records = content.view(form.layout)
        keep = form.has_ts_out and self._keep_ts_out
        if form.is_old:
            return Batch(form.schema, upgrade_records(form.schema, records, ts_out=keep))
        if form.has_ts_out and not keep:
            layout = LAYOUTS[form.schema]
            rows = content.reshape(len(records), form.layout.itemsize)[:, : layout.itemsize]
            records = rows.copy().reshape(-1).view(layout)
            records["length"] = layout.itemsize // 4
        return Batch(form.schema, records)

    def _damaged(self, message: str) -> TapeError:
        return TapeError(
            message,
            path=self._path,
            record=self._record,
            hint="the file is damaged from there on",
        )


def _forms(version: int, stated: Schema | None) -> dict[tuple[int, int], _Form]:
    forms: dict[tuple[int, int], _Form] = {}
    for schema, rtype in RTYPES.items():
        if rtype == _RTYPE_QUOTE and schema is not (stated if stated in _QUOTES else Schema.MBP_1):
            continue
        old = OLD_LAYOUTS[version].get(schema)
        layout = LAYOUTS[schema] if old is None else old
        with_ts_out = np.dtype([*_fields(layout), ("ts_out", "<u8")])
        rtypes = [rtype]
        if schema is stated and schema.startswith("ohlcv"):
            rtypes.append(_RTYPE_BARS_DEPRECATED)
        for one in rtypes:
            is_old = old is not None
            forms[one, layout.itemsize] = _Form(schema, layout, is_old, has_ts_out=False)
            forms[one, with_ts_out.itemsize] = _Form(schema, with_ts_out, is_old, has_ts_out=True)
    return forms


def _fields(layout: np.dtype) -> list[tuple[str, np.dtype]]:
    return [(name, layout[name]) for name in layout.names or ()]


def equal_heads(buffer: np.ndarray, start: int, size: int, whole: int) -> int:
    """Count the records from ``start`` that have the same length and type, ``whole`` at most."""
    heads: np.ndarray = np.ndarray((whole,), "<u2", buffer, start, (size,))
    looked, window = 1, 32
    while looked < whole:
        differ = heads[looked : looked + window] != heads[0]
        first = int(differ.argmax())
        if differ[first]:
            return looked + first
        looked += window
        window *= 16
    return whole
