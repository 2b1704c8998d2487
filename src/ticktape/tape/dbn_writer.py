"""Writing tapes: append, rotate, compress. A killed process leaves a tape that reads back."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple, Self

import databento_dbn as dbn
import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.byte_source import ZSTD_MAGIC, open_file
from ticktape.tape.dbn_output import DbnOutput, create_output, latest_time, refused
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import BadValueError, TapeWriteError, WrongSchemaError
from ticktape.tape.layouts import LAYOUTS, LAYOUTS_TS_OUT, UNDEF_TIMESTAMP, index_field
from ticktape.tape.metadata import DBN_VERSION, schema_of

Compression = Literal["none", "zstd"]

_MUST_AGREE = ("dataset", "schema", "ts_out", "stype_in")


class Rotation(NamedTuple):
    """When a writer starts a new file. The first limit reached counts; records are never split.

    Attributes
    ----------
    max_bytes : int, optional
        Bytes of records, before compression.
    max_records : int, optional
        Records.
    every_ns : int, optional
        Span of index time, in nanoseconds: files begin at its multiples since the epoch.
    """

    max_bytes: int | None = None
    max_records: int | None = None
    every_ns: int | None = None


class DbnWriter:
    """Appends batches to a DBN file.

    Plain records are in the file when ``write`` returns; compressed ones at the latest after 256
    KiB more of them, or ``flush``.

    Parameters
    ----------
    path : path
        The file to make. With ``rotate``, files have a number in their names:
        ``tape.0001.dbn``.
    metadata : databento_dbn.Metadata or None
        Of the tape, version 3. Where records go beyond its end, or it has none, the end is stated
        when the file is finished. None only with ``append``: then that of the file.
    compression : {"none", "zstd"}, optional
        By default told by the name: ``.zst`` is zstd.
    rotate : Rotation, optional
        When to start the next file.
    append : bool
        Continue a file of the same dataset and schema rather than make a new one. What a killed
        writer left of a record at its end is dropped.
    overwrite : bool
        Replace files that exist.

    Attributes
    ----------
    paths : list of pathlib.Path
        The files written, in order.

    Raises
    ------
    TapeWriteError
        If a file exists and neither ``append`` nor ``overwrite`` is set, it cannot be continued,
        or the disk refuses.
    BadValueError
        If there is no metadata, or ``append`` is asked for with ``rotate``.
    """

    def __init__(
        self,
        path: Path | str,
        metadata: dbn.Metadata | None,
        compression: Compression | None = None,
        rotate: Rotation | None = None,
        *,
        append: bool = False,
        overwrite: bool = False,
    ) -> None:
        self._base = Path(path)
        self._is_zstd = (
            self._base.suffix == ".zst" if compression is None else compression == "zstd"
        )
        self._rotate = rotate
        self._overwrite = overwrite
        self._interval: int | None = None
        self._output: DbnOutput | None
        self.paths: list[Path] = []
        if append:
            if rotate is not None:
                raise BadValueError("a tape cannot be appended to and rotated at once")
            self._metadata, self._output = _continue_file(self._base, metadata)
            self.paths.append(self._base)
        elif metadata is None:
            raise BadValueError("a new tape needs metadata", hint="make it with make_metadata")
        else:
            self._metadata = metadata
            self._output = self._open_next()

    @property
    def path(self) -> Path:
        """The file being written, or written last."""
        return self.paths[-1]

    def write(self, batch: Batch) -> None:
        """Append a batch.

        Parameters
        ----------
        batch : Batch
            Records in dtype ``LAYOUTS[schema]``, or ``LAYOUTS_TS_OUT[schema]`` where the metadata
            says ``ts_out``.

        Raises
        ------
        WrongSchemaError
            If the records are not of the tape's schema or layout.
        TapeWriteError
            If the disk refuses; what was written before stays readable.
        """
        self._check(batch)
        records = np.ascontiguousarray(batch.records)
        while len(records):
            times = records[index_field(batch.schema)]
            output = self._open_output()
            count = self._room(output, times, records.dtype.itemsize)
            if count:
                output.put(records[:count], times[:count])
                records = records[count:]
            else:
                output.finish()
                self._output = self._open_next()

    def flush(self) -> None:
        """Hand everything written so far to the operating system."""
        self._open_output().flush()

    def close(self) -> None:
        """Finish the file; closing twice is harmless."""
        output, self._output = self._output, None
        if output is not None:
            output.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_output(self) -> DbnOutput:
        if self._output is None:
            raise TapeWriteError("the writer is closed", path=self.path)
        return self._output

    def _open_next(self) -> DbnOutput:
        path = self._base
        if self._rotate is not None:
            stem, dot, suffix = path.name.partition(".dbn")
            path = path.with_name(f"{stem}.{len(self.paths) + 1:04d}{dot}{suffix}")
        output = create_output(
            path, self._metadata, is_zstd=self._is_zstd, overwrite=self._overwrite
        )
        self.paths.append(path)
        self._interval = None
        return output

    def _check(self, batch: Batch) -> None:
        stated = schema_of(self._metadata)
        if stated is not None and stated is not batch.schema:
            raise WrongSchemaError(f"{self.path} is a tape of {stated}, not of {batch.schema}")
        layouts = LAYOUTS_TS_OUT if self._metadata.ts_out else LAYOUTS
        if batch.records.dtype != layouts[batch.schema]:
            with_ts_out = " with ts_out" if self._metadata.ts_out else ""
            raise WrongSchemaError(
                f"the records are not in the layout of {batch.schema}{with_ts_out}"
            )

    def _room(self, output: DbnOutput, times: np.ndarray, record_bytes: int) -> int:
        """Count the records that still belong into the file; an empty one takes at least one."""
        limits = self._rotate
        if limits is None:
            return len(times)
        count = len(times)
        if limits.max_records is not None:
            count = min(count, limits.max_records - output.records)
        if limits.max_bytes is not None:
            count = min(count, (limits.max_bytes - output.content_bytes) // record_bytes)
        count = max(count, 0 if output.records else 1)
        if limits.every_ns is not None:
            known = np.flatnonzero(times[:count] != UNDEF_TIMESTAMP)
            intervals = times[known] // np.uint64(limits.every_ns)
            if self._interval is None and len(known):
                self._interval = int(intervals[0])
            later = np.flatnonzero(intervals > (self._interval or 0))
            count = int(known[later[0]]) if len(later) else count
        return count


def _continue_file(path: Path, metadata: dbn.Metadata | None) -> tuple[dbn.Metadata, DbnOutput]:
    tape = read_dbn(path)
    if tape.versions != (DBN_VERSION,):
        raise TapeWriteError(
            f"is of DBN version {tape.versions[0]}: cannot append",
            path=path,
            hint="convert it first",
        )
    for name in _MUST_AGREE if metadata is not None else ():
        ours, theirs = getattr(metadata, name), getattr(tape.metadata, name)
        if ours != theirs:
            raise TapeWriteError(f"has {name} {theirs}, not {ours}: cannot append", path=path)
    with open_file(path) as file:
        is_zstd = file.read(len(ZSTD_MAGIC)) == ZSTD_MAGIC
    latest_ns = max((latest_time(batch) for batch in tape), default=-1)
    if is_zstd and tape.cut is not None:
        raise TapeWriteError(
            f"{tape.cut.reason}: cannot append", path=path, hint="convert it to a new file first"
        )
    try:
        appended = path.open("r+b", buffering=0)
        end = appended.seek(0, 2)
        if tape.cut is not None:
            appended.truncate(end - tape.cut.bytes_left)
        appended.seek(0, 2)
    except OSError as error:
        raise refused(path, error) from error
    output = DbnOutput(path, appended, tape.metadata, is_zstd=is_zstd, latest_ns=latest_ns)
    return tape.metadata, output
