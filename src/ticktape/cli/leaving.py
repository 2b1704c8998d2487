"""The end of a command that served: at once, when everything of ours is closed."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import Final

# What is told to stop is gone within five seconds.
END_S: Final = 4.25

_log = logging.getLogger(__name__)


def leave(status: int) -> None:
    """End the process at once.

    Everything of ours is closed. The interpreter's own end would take the compiler apart piece by
    piece, which lasts longer than all the rest, and tear a thread that still works.
    """
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def leave_within(seconds: float) -> threading.Timer:
    """Make sure that the process has ended after some time, with status 1, whatever holds it up.

    Parameters
    ----------
    seconds : float
        From now on.

    Returns
    -------
    threading.Timer
        Running; beside the event loop, which may be what does not come to its end.
    """

    def leave_now() -> None:
        _log.error("not everything was closed within %g seconds: ended all the same", seconds)
        leave(1)

    timer = threading.Timer(seconds, leave_now)
    timer.daemon = True
    timer.start()
    return timer
