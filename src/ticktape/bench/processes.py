"""Commands of ticktape as processes of their own: how long they take and how large they grow."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

from ticktape.tape.errors import ConnectionLostError

# What a start takes beside the first books, generously.
SETTLE_SECONDS: Final = 5.0

# Runs the command given and says what it took. A process of its own, because the peak that the
# system keeps for a child starts from the size of the process that started it.
_PROBE = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([status, seconds, peak * (1 if sys.platform == "darwin" else 1024)]))
"""


class CommandCost(NamedTuple):
    """What one command took.

    Attributes
    ----------
    seconds : float
        From its start to its end.
    peak_bytes : int
        The most memory it was resident with.
    """

    seconds: float
    peak_bytes: int


def ticktape_command(*arguments: str) -> list[str]:
    """Give the full command line of a ticktape command.

    Parameters
    ----------
    *arguments : str
        What follows ``ticktape``.

    Returns
    -------
    list of str
    """
    return [sys.executable, "-m", "ticktape", *arguments]


def cost_of(*arguments: str) -> CommandCost:
    """Run a ticktape command to its end and measure it; its output is thrown away.

    Parameters
    ----------
    *arguments : str
        What follows ``ticktape``.

    Returns
    -------
    CommandCost

    Raises
    ------
    subprocess.CalledProcessError
        If the command did not end with status 0.
    """
    command = ticktape_command(*arguments)
    probe = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-c", _PROBE, *command], stdout=subprocess.PIPE, text=True, check=True
    )
    status, seconds, peak_bytes = json.loads(probe.stdout)
    if status:
        raise subprocess.CalledProcessError(status, command)
    return CommandCost(seconds, peak_bytes)


def resident_bytes(pid: int) -> int:
    """Give the memory that a process is resident with now; 0 where the system does not tell it."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running(*arguments: str, nice: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """Keep a ticktape command running for the length of a ``with`` block.

    Parameters
    ----------
    *arguments : str
        What follows ``ticktape``.
    nice : int
        By how much it gives way to others; 0 for not at all. Where the system knows of it.

    Yields
    ------
    subprocess.Popen
        The process; it is ended, and waited for, at the end of the block.
    """
    give_way = ["nice", "-n", str(nice)] if nice and shutil.which("nice") else []
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [*give_way, *ticktape_command(*arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_port(process: subprocess.Popen[bytes], port: int, limit_s: float = 120.0) -> None:
    """Wait until a process listens on a port of the loopback interface.

    Parameters
    ----------
    process : subprocess.Popen
        The process that is to listen.
    port : int
        The port.
    limit_s : float
        How long to wait.

    Raises
    ------
    ConnectionLostError
        If the process ends first, or does not listen in time.
    """
    deadline = time.monotonic() + limit_s
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    command = " ".join(map(str, process.args if isinstance(process.args, list) else []))
    raise ConnectionLostError(f"nobody listens on port {port}: {command}")


def wait_until_settled(port: int, limit_s: float = 60.0) -> None:
    """Wait until a viewer's books are there, then until its start is over.

    While a server loads the kernels of its studies and has them read what came before them, a
    core is taken from whoever is measured: that is a start, and the rows of starts measure it.

    Parameters
    ----------
    port : int
        Of the viewer, on the loopback interface.
    limit_s : float
        How long to wait for the books.

    Raises
    ------
    ConnectionLostError
        If the viewer is not ready in time.
    """
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
                if answer.status == HTTPStatus.OK:
                    time.sleep(SETTLE_SECONDS)
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.05)
    raise ConnectionLostError(f"the viewer on port {port} is not ready after {limit_s:.0f} s")


def free_port() -> int:
    """Give a TCP port of the loopback interface that nobody listens on at the moment.

    Returns
    -------
    int
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
