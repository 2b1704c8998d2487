"""The end of a command that served: at once, when everything of ours is closed."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def leave(status: int) -> None:
    """End the process at once.

    Everything of ours is closed. The interpreter's own end would take the compiler apart piece by
    piece, which lasts longer than all the rest, and tear a thread that still works.
    """
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
