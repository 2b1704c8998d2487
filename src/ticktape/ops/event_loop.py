"""The event loop that the servers run on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, Final

# The web server's own threads hand requests over to the loop, and others load, study and write: who
# waits for the interpreter asks for it after so long (the interpreter's own default is 5 ms).
_SWITCH_SECONDS: Final = 0.000_5


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
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(main)
    finally:
        sys.setswitchinterval(before)
