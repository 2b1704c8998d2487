"""How much of the machine each process of a benchmark used."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

_UTIME_FIELD = 11  # of what follows the command's name in /proc/PID/stat; the system's time is next


def cpu_seconds(pid: int) -> float | None:
    """Give the processor time that a process has used so far.

    Parameters
    ----------
    pid : int
        A process that runs.

    Returns
    -------
    float or None
        Seconds in the process and in the kernel for it, its ended children not counted; None where
        the system does not tell it (there is no ``/proc``).
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    ticks = int(fields[_UTIME_FIELD]) + int(fields[_UTIME_FIELD + 1])
    return ticks / os.sysconf("SC_CLK_TCK")


class CpuShares:
    """Cores used by named processes between its making and :meth:`told`.

    Parameters
    ----------
    processes : mapping of str to int
        A name to tell each by, and its process id; all must outlive the measurement.
    """

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = dict(processes)
        self._started = time.perf_counter()
        self._before = {name: cpu_seconds(pid) for name, pid in self._processes.items()}

    def cores(self) -> dict[str, float]:
        """Give the mean cores used by each process since the beginning; those that are known."""
        passed = time.perf_counter() - self._started
        shares = {}
        for name, pid in self._processes.items():
            before, now = self._before[name], cpu_seconds(pid)
            if before is not None and now is not None:
                shares[name] = (now - before) / passed
        return shares

    def told(self) -> str:
        """Tell them in words: ``"server 0.93, clients 0.71 cores"``."""
        shares = [f"{name} {cores:.2f}" for name, cores in self.cores().items()]
        return ", ".join(shares) + " cores" if shares else "cores used: not told by this system"
