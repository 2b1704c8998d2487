import pytest
from tests.server.market_day import CL, ES, definitions, opening_book, stage, trades


@pytest.fixture
async def demo():
    """A viewer of a running source: two instruments, books, twenty trades of ES."""
    async with stage() as running:
        await running.show(definitions(), opening_book(ES), opening_book(CL), trades(20))
        yield running
