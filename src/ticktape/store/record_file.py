"""Records in a file, read from anywhere by their position among all of them."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from threading import Lock

import numpy as np

from ticktape.store.disk_arrays import write_at
from ticktape.tape.batch import Batch
from ticktape.tape.errors import TapeError
from ticktape.tape.layouts import LAYOUTS, Schema

_SCHEMAS = list(Schema)


class RecordFile:
    """Runs of records of one schema each, as they stand in a file, read with ``pread``.

    A reader's memory is what it asks for, and the file may grow while it is read; nothing is
    mapped, so a file that is cut short underneath is an error and not the end of the process.

    Parameters
    ----------
    descriptor : int
        An open file; closed by :meth:`close`.
    name : str
        Named in errors.
    """

    def __init__(self, descriptor: int, name: str) -> None:
        self._descriptor = descriptor
        self._name = name
        self._lock = Lock()
        # Of each run: position of its first record, how many mbo records came before, schema, byte.
        self._firsts = array("q")
        self._mbo_before = array("q")
        self._schemas = array("b")
        self._offsets = array("q")
        self.end = 0
        self.mbo_end = 0
        self._end_offset = 0

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self._firsts)

    def add(self, schema: Schema, count: int, offset: int) -> None:
        """Tell that records of a schema stand at a byte of the file."""
        with self._lock:
            known = _SCHEMAS.index(schema)
            if not self._firsts or self._schemas[-1] != known or self._end_offset != offset:
                self._firsts.append(self.end)
                self._mbo_before.append(self.mbo_end)
                self._schemas.append(known)
                self._offsets.append(offset)
            self._end_offset = offset + count * LAYOUTS[schema].itemsize
            self.mbo_end += count if schema is Schema.MBO else 0
            self.end += count

    def append(self, batch: Batch) -> None:
        """Write records at the end of the file.

        Raises
        ------
        OSError
            If there is no room; nothing is known of the records then.
        """
        offset = self._end_offset
        write_at(self._descriptor, batch.records, offset)
        self.add(batch.schema, len(batch.records), offset)

    def read(self, position: int, count: int) -> Batch | None:
        """Give records of one schema.

        Parameters
        ----------
        position : int
            Of the first.
        count : int
            How many at most; fewer where another schema follows.

        Returns
        -------
        Batch or None
            Not writable; None at the end.
        """
        with self._lock:
            if not 0 <= position < self.end or count <= 0:
                return None
            run = bisect_right(self._firsts, position) - 1
            schema, offset, first, end = self._run(run)
        return self._read(schema, offset, position - first, min(count, end - position))

    def _run(self, run: int) -> tuple[Schema, int, int, int]:
        last = run + 1 == len(self._firsts)
        end = self.end if last else self._firsts[run + 1]
        return _SCHEMAS[self._schemas[run]], self._offsets[run], self._firsts[run], end

    def _read(self, schema: Schema, offset: int, skip: int, count: int) -> Batch:
        layout = LAYOUTS[schema]
        wanted = count * layout.itemsize
        content = os.pread(self._descriptor, wanted, offset + skip * layout.itemsize)
        if len(content) < wanted:
            raise TapeError(
                "is shorter than it was", path=self._name, hint="do not change a tape in use"
            )
        return Batch(schema, np.frombuffer(content, layout))

    def read_before(self, position: int, count: int) -> Batch | None:
        """Give the records of one schema that end right before a position; None at the start."""
        with self._lock:
            if not 0 < position <= self.end or count <= 0:
                return None
            run = bisect_right(self._firsts, position - 1) - 1
            schema, offset, first, _ = self._run(run)
        begin = max(first, position - count)
        return self._read(schema, offset, begin - first, position - begin)

    def read_mbo(self, position: int, count: int) -> np.ndarray:
        """Give ``mbo`` records by their position among those alone; fewer at the end."""
        pieces = []
        while count > 0:
            with self._lock:
                if not 0 <= position < self.mbo_end:
                    break
                run = bisect_right(self._mbo_before, position) - 1
                schema, offset, first, end = self._run(run)
                skip = position - self._mbo_before[run]
            batch = self._read(schema, offset, skip, min(count, end - first - skip))
            pieces.append(batch.records)
            count -= len(batch.records)
            position += len(batch.records)
        if not pieces:
            return np.zeros(0, LAYOUTS[Schema.MBO])
        if len(pieces) == 1:
            return pieces[0]
        joined = np.concatenate(pieces)
        joined.flags.writeable = False
        return joined

    def mbo_position_of(self, position: int) -> int:
        """Count the ``mbo`` records before a position among all records."""
        with self._lock:
            if not self._firsts or position <= 0:
                return 0
            run = bisect_right(self._firsts, min(position, self.end)) - 1
            before = self._mbo_before[run]
            is_mbo = _SCHEMAS[self._schemas[run]] is Schema.MBO
            return before + (min(position, self.end) - self._firsts[run] if is_mbo else 0)

    def position_of_mbo(self, mbo_position: int) -> int:
        """Give the position among all records of one among the ``mbo`` records."""
        with self._lock:
            if not 0 <= mbo_position < self.mbo_end:
                return self.end
            run = bisect_right(self._mbo_before, mbo_position) - 1
            return self._firsts[run] + mbo_position - self._mbo_before[run]

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
