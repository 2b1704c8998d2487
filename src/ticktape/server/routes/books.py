"""``/api/book``: the books as they stand."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath, Parameter

from ticktape.server.failures import refusals
from ticktape.server.hub import Hub
from ticktape.server.messages import Book
from ticktape.tape.errors import UnknownSymbolError


@get("/api/book/{symbol:str}", responses=refusals(400, 404), sync_to_thread=False)
def book(
    state: State,
    symbol: FromPath[str],
    levels: Annotated[int, Parameter(ge=1, le=1_000, description="levels of each side")] = 10,
) -> Book:
    """Give the book of an instrument as it stands.

    A parent symbol gives its first outright contract.
    """
    hub: Hub = state.hub
    key = hub.directory.book_key(symbol)
    found = None if key is None else hub.book(key, levels)
    if found is None:
        raise UnknownSymbolError(
            f"there is no book of {symbol}", hint="choose one of the list of symbols"
        )
    return found


HANDLERS: Final = (book,)
