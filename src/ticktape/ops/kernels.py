"""Compiled kernels: how they are declared, where their machine code is kept, who is told.

Every kernel is declared with :func:`kernel`. Machine code is cached on disk in the user's cache
directory, in a folder named after the content of the kernel's package, because Numba's own cache
key knows only the file of the outermost function and would keep stale inner kernels alive.

Kernels that work record by record on a state tuple are declared with :func:`lean_kernel`.

Rules for kernel files: their names end in ``kernels.py``; a kernel calls only kernels of its own
package or of ``ticktape.book``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import event
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

import ticktape
from ticktape.ops.notices import compilation_starts

F = TypeVar("F", bound=Callable[..., Any])

_SOURCE_ROOT = Path(ticktape.__file__).parent


def kernel_cache_root() -> Path:
    """Give the folder that holds all compiled kernels of this user.

    Returns
    -------
    pathlib.Path
        ``$TICKTAPE_KERNEL_CACHE`` where set, else ``$XDG_CACHE_HOME/ticktape/kernels``
        (``~/.cache`` where that is not set).
    """
    chosen = os.environ.get("TICKTAPE_KERNEL_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "ticktape" / "kernels"


@cache
def _cache_folder(package: str) -> Path:
    folders = {_SOURCE_ROOT / "book", _SOURCE_ROOT.joinpath(*package.split(".")[1:])}
    digest = hashlib.sha256(numba.__version__.encode())
    for folder in sorted(folders):
        for source in sorted(folder.glob("*kernels.py")):
            digest.update(source.name.encode())
            digest.update(source.read_bytes())
    return kernel_cache_root() / f"{package}-{digest.hexdigest()[:16]}"


def kernel(function: F) -> F:
    """Compile a function of arrays and numbers on first use; cached, and without the GIL.

    Parameters
    ----------
    function : callable
        A plain function that Numba can compile in nopython mode.

    Returns
    -------
    callable
        The compiled function; the plain one where ``NUMBA_DISABLE_JIT=1``.
    """
    return _declare(function, {"nogil": True})


def lean_kernel(function: F) -> F:
    """Compile a kernel that makes no arrays, and that is copied into the kernels that call it.

    Numba counts references to every array of a state tuple at every call, and passes such a tuple
    as dozens of arguments: both together cost ten times the work of applying a record to a book.
    A lean kernel has neither; making an array in it (``np.empty``) fails when it is compiled.

    Parameters
    ----------
    function : callable
        A plain function over arrays and numbers; what it calls should be lean as well.

    Returns
    -------
    callable
        The compiled function; the plain one where ``NUMBA_DISABLE_JIT=1``.
    """
    return _declare(function, {"nogil": True, "forceinline": True, "_nrt": False})


class _KernelCache(FunctionCache):
    """Numba's cache, without its refresh of everything that a compilation could call.

    That refresh takes a third of the start of a command. Loading machine code needs only Numba's
    run time, and a compilation that comes later refreshes by itself.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:  # noqa: ANN401 -- Numba's types
        rtsys.initialize(target_context)
        return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]


def _declare(function: F, options: dict[str, Any]) -> F:
    declared = numba.njit(**options)(function)
    if not is_compiling_off():
        package = function.__module__.rpartition(".")[0]
        # Read by Numba's cache locator while the cache is made.
        numba.config.CACHE_DIR = str(_cache_folder(package))  # type: ignore[attr-defined]
        declared._cache = _KernelCache(function)  # type: ignore[no-untyped-call]
    return cast("F", declared)


def is_compiling_off() -> bool:
    """Tell whether kernels run as plain Python (``NUMBA_DISABLE_JIT=1``)."""
    return bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]


def warm_up_mark(package: str) -> Path:
    """Give the file that says that all kernels of a package are compiled.

    Parameters
    ----------
    package : str
        A package with kernels, dotted.

    Returns
    -------
    pathlib.Path
        In the folder of this version's machine code; whoever has warmed the package up makes it.
    """
    return _cache_folder(package) / "warmed-up"


class _CompilationListener(event.Listener):
    def on_start(self, occurrence: Any) -> None:  # noqa: ANN401 -- Numba's own untyped event
        function = occurrence.data["dispatcher"].py_func
        if function.__module__.startswith("ticktape."):
            compilation_starts(function.__name__)

    def on_end(self, occurrence: Any) -> None:  # noqa: ANN401 -- Numba's own untyped event
        """Nothing to say when a kernel is done."""


event.register("numba:compile", _CompilationListener())  # type: ignore[no-untyped-call]


def kernel_input(records: np.ndarray) -> np.ndarray:
    """Give the one form of a record array that kernels are compiled for: read-only, contiguous.

    Parameters
    ----------
    records : numpy.ndarray
        Any one-dimensional record array.

    Returns
    -------
    numpy.ndarray
        A read-only view; a copy only where the records were not contiguous. Numba compiles a
        kernel once for each combination of writability and contiguity, so faces pass this.
    """
    view = np.ascontiguousarray(records).view()
    view.flags.writeable = False
    return view
