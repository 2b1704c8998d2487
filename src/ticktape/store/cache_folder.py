"""The cache folder: unpacked copies of tapes, bounded in total, found by the tapes' identity."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 16 << 30
_SUFFIX: Final = ".records"


def tape_cache_root() -> Path:
    """Give the folder of unpacked tapes.

    Returns
    -------
    pathlib.Path
        ``$TICKTAPE_TAPE_CACHE`` where set, else ``$XDG_CACHE_HOME/ticktape/tapes``
        (``~/.cache`` where that is not set).
    """
    chosen = os.environ.get("TICKTAPE_TAPE_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "ticktape" / "tapes"


def identity_of(files: Sequence[Path]) -> str:
    """Give a name for what some files hold now: their paths, sizes and times of change."""
    digest = hashlib.sha256()
    for file in files:
        stat = file.stat()
        digest.update(f"{file.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]


def open_scratch() -> int:
    """Open a file in the cache folder that has no name: it is gone with the process.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    root = tape_cache_root()
    root.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=root, prefix="scratch-")
    os.unlink(name)  # noqa: PTH108 -- a name from the same module
    return descriptor


def make_room(most_bytes: int = MOST_BYTES) -> None:
    """Remove the copies that were not used for longest, until no more than this are left."""
    root = tape_cache_root()
    found = []
    for path in root.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            stat = path.stat()
            found.append((stat.st_mtime_ns, stat.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= most_bytes:
            return
        with suppress(OSError):
            path.unlink()
            total -= size
