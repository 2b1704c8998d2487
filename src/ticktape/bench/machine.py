"""On what the figures were measured: a figure without its hardware says nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

_PACKAGES = ("ticktape", "numpy", "numba", "databento", "databento-dbn", "zstandard")


class CoreTicks(NamedTuple):
    """Time of all cores since the system started, in ticks of its clock.

    Attributes
    ----------
    stolen : int
        What a host gave to others while something here wanted to run; 0 where nobody tells.
    total : int
        All of it, idle or not.
    """

    stolen: int
    total: int


def core_ticks(stat: Path = Path("/proc/stat")) -> CoreTicks:
    """Read the time of all cores."""
    try:
        # user, nice, system, idle, iowait, irq, softirq, steal; guests are in user already.
        counts = [int(one) for one in stat.read_text().split("\n", 1)[0].split()[1:9]]
    except (OSError, ValueError):
        return CoreTicks(0, 0)
    return CoreTicks(counts[7] if len(counts) == 8 else 0, sum(counts))


_AT_START = core_ticks()


def stolen_share(before: CoreTicks, now: CoreTicks) -> float:
    """Tell which share of the cores' time a host gave to others meanwhile."""
    return (now.stolen - before.stolen) / max(1, now.total - before.total)


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
        ``processor``, ``cores``, ``memory_gb``, ``system``, ``python``, ``versions`` (a version
        by package name) and ``stolen_share`` (of the cores' time since this process began, what a
        host gave to others: on a shared machine the first reason for a slow or late figure).
    """
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {package: version(package) for package in _PACKAGES},
        "stolen_share": round(stolen_share(_AT_START, core_ticks()), 4),
    }
