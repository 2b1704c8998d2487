"""The records of a tape on disk, so that any can be read: in the tape itself, or in a copy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from ticktape.store.cache_folder import copy_of, make_room
from ticktape.store.record_file import RecordFile
from ticktape.tape.batch import Batch
from ticktape.tape.byte_source import ZSTD_MAGIC
from ticktape.tape.dbn_reader import Tape
from ticktape.tape.joined import open_tapes
from ticktape.tape.layouts import LAYOUTS, Schema
from ticktape.tape.metadata import PRELUDE_BYTES, metadata_bytes_left

_READ_RECORDS: Final = 1 << 15
_MOST_RUNS: Final = 1 << 20


class TooMixedError(Exception):
    """The schemas of a tape change so often that a table of their runs would not be small."""


class TapeRecords:
    """Every record of some tapes, by position; filled by iterating over :meth:`fill`.

    A plain DBN file of the present layouts is read where it is. Anything else (zstd, CSV, several
    files, older versions) is copied to the cache folder as it is first read, and found there the
    next time, as long as the files are the same.

    Parameters
    ----------
    files : sequence of Path
        The tapes.
    in_place : bool
        Read a plain DBN file where it is.
    """

    def __init__(self, files: Sequence[Path], *, in_place: bool = True) -> None:
        self._files = list(files)
        self._begin = 0
        self.records = self._open_in_place() if in_place else None

    def _open_in_place(self) -> RecordFile | None:
        if len(self._files) != 1:
            return None
        tape = open_tapes(self._files, _READ_RECORDS)
        if not isinstance(tape, Tape) or tape.has_ts_out:
            return None
        descriptor = os.open(self._files[0], os.O_RDONLY)
        prelude = os.pread(descriptor, PRELUDE_BYTES, 0)
        if prelude.startswith(ZSTD_MAGIC):
            os.close(descriptor)
            return None
        self._begin = PRELUDE_BYTES + metadata_bytes_left(prelude)
        return RecordFile(descriptor, str(self._files[0]))

    def fill(self) -> Iterator[Batch]:
        """Read the tape once from its beginning; each batch given can be read by position.

        Raises
        ------
        TapeError
            If the tape cannot be read.
        OSError
            If a copy is needed and there is no room for it.
        TooMixedError
            If the tape cannot be kept as runs of one schema.
        """
        if self.records is not None:
            yield from self._fill_in_place(self.records)
            return
        copy = copy_of(self._files)
        if self._open_copy(copy):
            yield from self._read_all()
        else:
            yield from self._make_copy(copy)

    def _fill_in_place(self, records: RecordFile) -> Iterator[Batch]:
        offset = self._begin
        for batch in open_tapes(self._files, _READ_RECORDS):
            if not len(batch.records):
                continue
            records.add(batch.schema, len(batch.records), offset)
            found = records.read(records.end - 1, 1)
            if found is None or found.records.tobytes() != batch.records[-1:].tobytes():
                # Records of an old version, or of a type that is not known, stand between.
                raise NotInPlaceError
            offset += batch.records.nbytes
            yield batch

    def _open_copy(self, path: Path) -> bool:
        try:
            described = json.loads(path.with_suffix(".json").read_text())
            if path.stat().st_size != described["bytes"]:
                return False
            descriptor = os.open(path, os.O_RDONLY)
        except (OSError, ValueError, KeyError):
            return False
        os.utime(path)
        self.records = RecordFile(descriptor, str(path))
        offset = 0
        for name, count in described["runs"]:
            schema = Schema(name)
            self.records.add(schema, count, offset)
            offset += count * LAYOUTS[schema].itemsize
        return True

    def _read_all(self) -> Iterator[Batch]:
        assert self.records is not None  # noqa: S101 -- just opened
        at = 0
        while (batch := self.records.read(at, _READ_RECORDS)) is not None:
            yield batch
            at += len(batch.records)

    def _make_copy(self, path: Path) -> Iterator[Batch]:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_room(path)
        part = path.with_suffix(f".part-{os.getpid()}")
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self.records = RecordFile(descriptor, str(path))
        runs: list[tuple[str, int]] = []
        try:
            for batch in open_tapes(self._files, _READ_RECORDS):
                if not len(batch.records):
                    continue
                self.records.append(batch)
                if self.records.runs > _MOST_RUNS:
                    raise TooMixedError
                runs.append((str(batch.schema), len(batch.records)))
                yield batch
            described = {"bytes": part.stat().st_size, "runs": runs}
            path.with_suffix(".json").write_text(json.dumps(described))
            part.rename(path)
        finally:
            with suppress(OSError):
                part.unlink()

    def close(self) -> None:
        """Let go of the files."""
        if self.records is not None:
            self.records.close()
            self.records = None


class NotInPlaceError(Exception):
    """A file's bytes are not the records that its reader gives."""
