"""The bytes of a tape file, plain or zstd, and whether the file ends where it should."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final, Protocol

import zstandard

from ticktape.tape.errors import EmptyTapeError, TapeError, TapeNotFoundError

ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_SMALLEST_READ: Final = 1 << 8
_FIRST_READ: Final = 1 << 9
_LARGEST_READ: Final = 1 << 15
_DECOMPRESSED_AT_ONCE: Final = 1 << 20


class ByteSource(Protocol):
    """Bytes in order, into the caller's memory."""

    def read_into(self, target: memoryview) -> int:
        """Fill the target from its start; fewer bytes than it holds only at the end."""

    def close(self) -> None:
        """Let go of the file."""

    @property
    def unfinished(self) -> str:
        """Why the bytes end too early, once they have; empty where they do not."""


class PlainSource:
    """The bytes of a file as they are."""

    unfinished = ""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read_into(self, target: memoryview) -> int:
        """Fill the target; see :class:`ByteSource`."""
        filled = 0
        while filled < len(target):
            got = self._file.readinto(target[filled:])  # type: ignore[attr-defined]
            if not got:
                break
            filled += got
        return filled

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class ZstdSource:
    """The bytes of a zstd file of any number of frames.

    What a killed writer left behind is still given: ``unfinished`` then says that the last frame
    has no end.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._compressed = b""
        self._read_bytes = _FIRST_READ
        self._ready = memoryview(b"")
        self._damage: zstandard.ZstdError | None = None
        self.unfinished = ""

    def read_into(self, target: memoryview) -> int:
        """Fill the target; see :class:`ByteSource`.

        Raises
        ------
        TapeError
            If the compressed data is damaged; what came before the damage is given first.
        """
        filled = 0
        while filled < len(target) and (self._ready or self._decompress_more(filled)):
            count = min(len(self._ready), len(target) - filled)
            target[filled : filled + count] = self._ready[:count]
            self._ready = self._ready[count:]
            filled += count
        return filled

    def _decompress_more(self, filled: int) -> bool:
        while not self._ready and self._damage is None:
            if not self._compressed:
                self._compressed = self._file.read(self._read_bytes)
                if not self._compressed:
                    if self._frame is not None:
                        self.unfinished = "the last zstd frame has no end"
                    return False
            if self._frame is None:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            try:
                content = self._frame.decompress(self._compressed)
            except zstandard.ZstdError as error:
                self._damage = error
                break
            self._ready = memoryview(content)
            self._pace(len(content))
            self._compressed = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = None
        if self._damage is not None and not filled:
            raise TapeError(f"has damaged zstd data: {self._damage}") from self._damage
        return bool(self._ready)

    def _pace(self, decompressed: int) -> None:
        """Read as much at a time as decompresses to about a mebibyte, however dense the data is."""
        wanted = self._read_bytes * _DECOMPRESSED_AT_ONCE // max(decompressed, 1)
        self._read_bytes = min(max(wanted, _SMALLEST_READ), 2 * self._read_bytes, _LARGEST_READ)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading, with this project's errors.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    file
        Unbuffered.

    Raises
    ------
    TapeNotFoundError
        If there is none.
    TapeError
        If it cannot be opened.
    """
    try:
        return path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise TapeNotFoundError("there is no such file", path=path) from error
    except OSError as error:
        raise TapeError(f"cannot be opened: {error.strerror}", path=path) from error


def open_source(path: Path) -> ByteSource:
    """Open a tape file's bytes, decompressed where they are zstd.

    Parameters
    ----------
    path : pathlib.Path
        The file; what it is, is told by its first bytes, not by its name.

    Returns
    -------
    ByteSource

    Raises
    ------
    TapeNotFoundError, EmptyTapeError, TapeError
        If there is no such file, it holds nothing, or it cannot be read.
    """
    file = open_file(path)
    try:
        magic = file.read(len(ZSTD_MAGIC))
        file.seek(0)
    except OSError as error:
        file.close()
        raise TapeError(f"cannot be read: {error.strerror}", path=path) from error
    if not magic:
        file.close()
        raise EmptyTapeError("is empty", path=path)
    return ZstdSource(file) if magic == ZSTD_MAGIC else PlainSource(file)
