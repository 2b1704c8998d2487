"""The viewer: from typing ``ticktape up --demo`` until the first book is on the page."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import aiohttp

from ticktape.bench.figures import Figure
from ticktape.bench.processes import free_port, running, wait_for_port
from ticktape.bench.tapes import Workbench
from ticktape.tape.errors import ConnectionLostError

# The ladder is drawn; its rows stand in a table beside it for who does not see them.
_LADDER_ROW = 'table[aria-label="Order book"] tbody tr'
_LIMIT_S = 60.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Looks at a port until the first book is there.
Look = Callable[[int], None]


def _browser() -> str | None:
    chosen = os.environ.get("TICKTAPE_CHROMIUM")
    return chosen or next(filter(None, map(shutil.which, _BROWSERS)), None)


async def _first_book(port: int) -> None:
    url = f"http://127.0.0.1:{port}/ws/live?symbols=ES.FUT&schema=mbp-10"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as stream:
        async with asyncio.timeout(_LIMIT_S):
            async for message in stream:
                if message.json()["type"] == "book":
                    return
    raise ConnectionLostError("the stream ended without a book")


@contextmanager
def _looking_by_websocket() -> Iterator[Look]:
    yield lambda port: asyncio.run(_first_book(port))


@contextmanager
def _looking_by_browser(executable: str) -> Iterator[Look]:
    from playwright import sync_api  # noqa: PLC0415 -- of the development group

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page()

        def look(port: int) -> None:
            page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
            try:
                page.wait_for_selector(_LADDER_ROW, timeout=1000 * _LIMIT_S, state="attached")
            except sync_api.TimeoutError as error:
                raise ConnectionLostError(
                    f"no book was on the page within {_LIMIT_S:g} s"
                ) from error

        yield look
        browser.close()


def _way_of_looking() -> tuple[AbstractContextManager[Look], str]:
    try:
        import playwright  # noqa: F401, PLC0415 -- of the development group
    except ImportError:
        return _looking_by_websocket(), "no playwright here: first book over the WebSocket"
    executable = _browser()
    if executable is None:
        return _looking_by_websocket(), "no Chromium here: first book over the WebSocket"
    return _looking_by_browser(executable), "in headless Chromium, itself started before"


def _seconds_to_first_book(look: Look) -> float:
    port = free_port()
    started = time.perf_counter()
    with running("up", "--demo", "--port", str(port), "--gateway-port", "0") as process:
        wait_for_port(process, port)
        look(port)
        return time.perf_counter() - started


def measure_viewer(bench: Workbench) -> Iterator[Figure]:
    """Measure how long a person waits for the demo, the second time.

    Parameters
    ----------
    bench : Workbench
        The run's sizes: one start where it is quick, else three.

    Yields
    ------
    Figure
        ``first-book``.
    """
    looking, how = _way_of_looking()
    with looking as look:
        _seconds_to_first_book(look)
        seconds = [_seconds_to_first_book(look) for _ in range(1 if bench.quick else 3)]
    yield Figure(
        "first-book",
        "`ticktape up --demo`, second start, until the first book is on the page",
        "s",
        min(seconds),
        5.0,
        at_most=True,
        worst=max(seconds),
        runs=len(seconds),
        note=how,
    )
