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


def copy_of(files: Sequence[Path]) -> Path:
    """Give the path of the unpacked copy of some files as they are now.

    Parameters
    ----------
    files : sequence of Path
        The tapes; the name tells their paths, then their sizes and times of change.
    """
    paths, states = hashlib.sha256(), hashlib.sha256()
    for file in files:
        stat = file.stat()
        paths.update(f"{file.resolve()}\0".encode())
        states.update(f"{stat.st_size} {stat.st_mtime_ns}\0".encode())
    name = f"{paths.hexdigest()[:24]}-{states.hexdigest()[:24]}{_SUFFIX}"
    return tape_cache_root() / name


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


def make_room(copy: Path, most_bytes: int = MOST_BYTES) -> None:
    """Make room for a copy: older ones of the same files go, then those not used for longest.

    Parameters
    ----------
    copy : Path
        The copy to be made.
    most_bytes : int
        Of all copies together before it.
    """
    root = tape_cache_root()
    same_files = copy.name.partition("-")[0]
    found = []
    for path in root.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            stat = path.stat()
            is_stale = path.name.startswith(same_files)
            found.append((not is_stale, stat.st_mtime_ns, stat.st_size, path, is_stale))
    total = sum(size for _, _, size, _, _ in found)
    for _, _, size, path, is_stale in sorted(found):
        if not is_stale and total <= most_bytes:
            break
        with suppress(OSError):
            path.unlink()
            path.with_suffix(".json").unlink()
        total -= size
    # Half-made copies of processes that are gone, where the system tells which are.
    for part in root.glob("*.part-*") if Path("/proc/self").exists() else ():
        if not Path(f"/proc/{part.suffix.partition('-')[2]}").exists():
            with suppress(OSError):
                part.unlink()
