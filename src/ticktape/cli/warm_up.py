"""``ticktape warm-up``: every kernel compiled up front, so that no later command has to wait."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from importlib import import_module
from typing import TYPE_CHECKING

from rich.console import Console
from rich.status import Status

from ticktape.ops.notices import announce_compilation

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

# Every package that holds kernels, the slowest to compile first. Those of `flow` call some of
# `book`, and find them compiled if they come after.
KERNEL_PACKAGES = (
    "ticktape.book",
    "ticktape.feeds.simulator",
    "ticktape.flow.absorption",
    "ticktape.flow.profile",
    "ticktape.flow.aggression",
    "ticktape.flow.session",
    "ticktape.flow",
    "ticktape.flow.signals",
    "ticktape.store",
)


def _announce_into(names: SimpleQueue[str]) -> None:
    announce_compilation(names.put)


def _warm_up_package(package: str) -> str:
    from ticktape.ops.kernels import warm_up_mark  # noqa: PLC0415 -- loads the compiler

    import_module(f"{package}.warm_up").warm_up()
    mark = warm_up_mark(package)
    if mark.parent.is_dir():
        mark.touch()
    return package


def _progress(names: SimpleQueue[str]) -> Iterator[tuple[str, int]]:
    """Warm up every package in a process of its own; give each kernel and the packages left."""
    with ProcessPoolExecutor(
        min(os.cpu_count() or 1, len(KERNEL_PACKAGES)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_announce_into,
        initargs=(names,),
    ) as workers:
        waiting: set[Future[str]] = {
            workers.submit(_warm_up_package, package) for package in KERNEL_PACKAGES
        }
        while waiting:
            done, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
            for package in done:
                package.result()
            while not names.empty():
                yield names.get(), len(waiting)


def is_warm() -> bool:
    """Tell whether every kernel was compiled for this machine, in this version."""
    from ticktape.ops.kernels import is_compiling_off, warm_up_mark  # noqa: PLC0415 -- the compiler

    return is_compiling_off() or all(warm_up_mark(package).exists() for package in KERNEL_PACKAGES)


def warm_up() -> None:
    """Compile every kernel for this machine.

    Machine code is kept in the user's cache, so this takes long once and a moment ever after.
    """
    started = time.monotonic()
    compiled = 0
    console = Console(stderr=True)
    names: SimpleQueue[str] = multiprocessing.get_context("spawn").SimpleQueue()
    with Status("looking at the compiled kernels", console=console) as line:
        for name, packages_left in _progress(names):
            if compiled == 0 and not console.is_terminal:
                print("compiling kernels for this machine, once …", file=sys.stderr, flush=True)
            compiled += 1
            line.update(
                f"compiling kernels for this machine, once: {name} "
                f"({compiled} so far, {packages_left} of {len(KERNEL_PACKAGES)} packages to go)"
            )
    seconds = time.monotonic() - started
    print(
        f"compiled {compiled} kernels in {seconds:.0f} s" if compiled else "kernels are ready",
        file=sys.stderr,
    )
