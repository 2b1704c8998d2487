"""Long work beside the event loop."""

import asyncio
from threading import Event

import pytest

from ticktape.ops.beside import beside, is_working


async def test_it_gives_what_the_work_returns():
    assert await beside(lambda: 42) == 42


async def test_it_raises_what_the_work_raises():
    with pytest.raises(ZeroDivisionError):
        await beside(lambda: 1 // 0)


async def test_the_loop_goes_on_and_need_not_wait():
    let_go = Event()
    waiting = asyncio.create_task(beside(let_go.wait))
    await asyncio.sleep(0)
    assert is_working()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    let_go.set()
