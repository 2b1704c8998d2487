"""Long work beside the event loop, in a thread that nobody has to wait for at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar, cast

Result = TypeVar("Result")

_working: set[Thread] = set()


def is_working() -> bool:
    """Tell whether any of it is still being done."""
    return any(thread.is_alive() for thread in _working)


async def beside(work: Callable[[], Result]) -> Result:
    """Do something long beside the event loop, in a thread that Ctrl-C need not wait for.

    Parameters
    ----------
    work : callable
        Takes nothing.

    Returns
    -------
    object
        What it returns; what it raises is raised.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast("Result", result))

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001 -- raised again where it is awaited
            error = raised
        with suppress(RuntimeError):  # The loop has ended meanwhile.
            loop.call_soon_threadsafe(settle, result, error)

    thread = Thread(target=run, daemon=True)
    _working.add(thread)
    thread.start()
    try:
        return await done
    finally:
        _working.difference_update([one for one in _working if not one.is_alive()])
