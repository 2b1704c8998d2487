"""On what the figures were measured: a figure without its hardware says nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("ticktape", "numpy", "numba", "databento", "databento-dbn", "zstandard")


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):  # a system without these names
        return None
    return round(pages / 1e9, 1)


def describe_machine() -> dict[str, object]:
    """Describe the hardware and the versions that the figures depend on.

    Returns
    -------
    dict
        ``processor``, ``cores``, ``memory_gb``, ``system``, ``python`` and ``versions`` (a version
        by package name).
    """
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {package: version(package) for package in _PACKAGES},
    }
