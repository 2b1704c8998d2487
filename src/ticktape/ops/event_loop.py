"""The event loop that the servers run on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Make an event loop: uvloop's, and the standard library's where there is none (Windows).

    A request is answered in four fifths of the time on it (``ticktape bench book-requests``).
    """
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 -- not there on Windows

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def run_until_done(main: Coroutine[Any, Any, None]) -> None:
    """Run a program's main coroutine, as ``asyncio.run`` does, on the loop of the servers.

    Parameters
    ----------
    main : coroutine
        The program.
    """
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main)
