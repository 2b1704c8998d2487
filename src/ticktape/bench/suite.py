"""Every benchmark by name, in the order of the table."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from ticktape.bench.figures import Figure, failed
from ticktape.bench.tapes import Workbench
from ticktape.tape.errors import BadValueError, TicktapeError

# Each is imported when it is its turn, so that one subject can be measured without the others.
BENCHMARKS = {
    "book": "ticktape.bench.book:measure_book",
    "files": "ticktape.bench.files:measure_files",
    "gateway": "ticktape.bench.gateway:measure_gateway",
    "simulator": "ticktape.bench.simulator:measure_simulator",
    "memory": "ticktape.bench.memory:measure_memory",
    "viewer": "ticktape.bench.viewer:measure_viewer",
    "frames": "ticktape.bench.frames:measure_frames",
    "start": "ticktape.bench.start:measure_start",
    "relay": "ticktape.bench.relay_latency:measure_relay",
    "fan-out": "ticktape.bench.fan_out:measure_fan_out",
    "book-stream": "ticktape.bench.book_stream:measure_book_stream",
    "book-requests": "ticktape.bench.book_requests:measure_book_requests",
    "effects": "ticktape.bench.effects:measure_effects",
    "seek": "ticktape.bench.seek:measure_seek",
    "flow": "ticktape.bench.flow:measure_flow",
}

# Benchmarks that are asked for together, by one word.
GROUPS = {
    "service": ("relay", "fan-out", "book-stream", "book-requests", "effects", "seek", "book")
}

# What a benchmark may end with where this machine or a process it started lets it down.
_FAILURES = (TicktapeError, OSError, subprocess.SubprocessError, aiohttp.ClientError, ValueError)


def run_benchmarks(
    names: Sequence[str] = (),
    *,
    quick: bool = False,
    folder: Path | None = None,
    starting: Callable[[str], None] = lambda _name: None,
) -> Iterator[Figure]:
    """Run benchmarks one after the other.

    Parameters
    ----------
    names : sequence of str
        Of ``BENCHMARKS`` and ``GROUPS``; none means all.
    quick : bool
        Smaller inputs: for a look, not for publishing.
    folder : pathlib.Path, optional
        Where a temporary folder for tapes may be made; the system's own by default.
    starting : callable
        Called with a benchmark's name before it begins.

    Yields
    ------
    Figure
        As soon as it is measured. A benchmark that fails gives a figure that says why, and the
        next one is run.

    Raises
    ------
    BadValueError
        If there is no benchmark of a name.
    """
    chosen = dict.fromkeys(one for name in names for one in GROUPS.get(name, (name,)))
    for name in chosen:
        if name not in BENCHMARKS:
            raise BadValueError(
                f"no benchmark is called {name!r}",
                hint=f"choose of {', '.join([*BENCHMARKS, *GROUPS])}",
            )
    with TemporaryDirectory(prefix="ticktape-bench-", dir=folder) as tapes:
        bench = Workbench(Path(tapes), quick)
        for name in chosen or BENCHMARKS:
            starting(name)
            module, _, function = BENCHMARKS[name].partition(":")
            try:
                yield from getattr(import_module(module), function)(bench)
            except _FAILURES as error:
                yield failed(name, name, str(error) or type(error).__name__)
