"""Who is told that a kernel is being compiled; known without importing the compiler."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[str], None]] = []


def announce_compilation(announce: Callable[[str], None]) -> None:
    """Call a function with a kernel's name whenever one is about to be compiled.

    Parameters
    ----------
    announce : callable
        Called with the kernel's name, once for every compilation; not for a load from the cache.
    """
    _listeners.append(announce)


def compilation_starts(kernel_name: str) -> None:
    """Tell every listener that a kernel is about to be compiled.

    Parameters
    ----------
    kernel_name : str
        The name of the kernel's Python function.
    """
    for announce in _listeners:
        announce(kernel_name)
