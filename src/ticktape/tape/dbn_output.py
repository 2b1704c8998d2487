"""One DBN file being written: whole records reach the operating system at every write."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

import databento_dbn as dbn
import numpy as np
import zstandard

from ticktape.tape.batch import Batch
from ticktape.tape.errors import TapeWriteError
from ticktape.tape.layouts import UNDEF_TIMESTAMP, index_field
from ticktape.tape.metadata import metadata_end_ns
from ticktape.tape.zstd_frames import FIRST_CONTENT_BYTE, is_raw_frame, raw_frame

_ZSTD_LEVEL: Final = 3
_FLUSH_BYTES: Final = 1 << 18
# Where the end of the time range stands in encoded metadata of version 2 and later.
_END_OFFSET: Final = 34


class DbnOutput:
    """A DBN file that records are put into; made by :func:`create_output`, or to continue one.

    Attributes
    ----------
    records, content_bytes : int
        Put by this writer so far, before compression.
    """

    def __init__(
        self,
        path: Path,
        file: BinaryIO,
        metadata: dbn.Metadata,
        *,
        is_zstd: bool,
        latest_ns: int = -1,
    ) -> None:
        self._path = path
        self._file = file
        self._metadata = metadata
        self._is_zstd = is_zstd
        self._unflushed = 0
        self._latest_ns = latest_ns
        self.records = 0
        self.content_bytes = 0
        self._compressor: zstandard.ZstdCompressionObj | None = None
        if is_zstd:
            self._compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()

    def put(self, records: np.ndarray, times: np.ndarray) -> None:
        """Append records.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, C-contiguous.
        times : numpy.ndarray
            Their index times.
        """
        content = records.view(np.uint8).data
        if self._compressor is None:
            self._write(content)
        else:
            self._write(self._compressor.compress(content))
            self._unflushed += len(content)
        self.records += len(records)
        self.content_bytes += len(content)
        self._latest_ns = max(self._latest_ns, _latest(times))
        if self._unflushed >= _FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Hand everything put so far to the operating system."""
        if self._compressor is not None and self._unflushed:
            self._write(self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
            self._unflushed = 0

    def finish(self) -> None:
        """End the file, and state in its metadata where it ends."""
        try:
            if self._compressor is not None:
                self._write(self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH))
            self._state_end()
        except OSError as error:
            raise refused(self._path, error) from error
        finally:
            self._file.close()

    def _state_end(self) -> None:
        stated = metadata_end_ns(self._metadata)
        if self._latest_ns < 0 or (stated is not None and stated > self._latest_ns):
            return
        self._file.seek(0)
        start = 0
        if self._is_zstd:
            # The metadata of another writer's file that was continued may be compressed.
            if not is_raw_frame(self._file.read(FIRST_CONTENT_BYTE)):
                return
            start = FIRST_CONTENT_BYTE
        self._file.seek(start + _END_OFFSET)
        self._file.write((self._latest_ns + 1).to_bytes(8, "little"))

    def _write(self, content: bytes | memoryview) -> None:
        left = memoryview(content)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            raise refused(self._path, error) from error


def latest_time(batch: Batch) -> int:
    """Give the latest index time of a batch.

    Parameters
    ----------
    batch : Batch
        Records of any schema.

    Returns
    -------
    int
        Nanoseconds; -1 where no record has a time.
    """
    return _latest(batch.records[index_field(batch.schema)])


def _latest(times: np.ndarray) -> int:
    known = times[times != UNDEF_TIMESTAMP]
    return int(known.max()) if len(known) else -1


def create_output(
    path: Path, metadata: dbn.Metadata, *, is_zstd: bool, overwrite: bool
) -> DbnOutput:
    """Make a DBN file with its metadata.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    metadata : databento_dbn.Metadata
        Of version 3.
    is_zstd : bool
        Compress the records.
    overwrite : bool
        Replace a file that exists.

    Returns
    -------
    DbnOutput

    Raises
    ------
    TapeWriteError
        If the file exists and is not to be replaced, or the disk refuses.
    """
    encoded = metadata.encode()
    try:
        file = path.open("w+b" if overwrite else "x+b", buffering=0)
    except FileExistsError as error:
        raise TapeWriteError(
            "exists already", path=path, hint="append to it, or name another"
        ) from error
    except OSError as error:
        raise refused(path, error) from error
    try:
        file.write(raw_frame(encoded) if is_zstd else encoded)
    except OSError as error:
        file.close()
        raise refused(path, error) from error
    return DbnOutput(path, file, metadata, is_zstd=is_zstd)


def refused(path: Path, error: OSError) -> TapeWriteError:
    """Make the error of a file that the operating system does not let be written.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    error : OSError
        What the operating system said.

    Returns
    -------
    TapeWriteError
    """
    return TapeWriteError(f"cannot be written: {error.strerror}", path=path)
