"""``/api/source`` and ``/api/symbols``: where the data comes from, and of what it tells."""

from __future__ import annotations

from typing import Final

from litestar import get
from litestar.datastructures import State

from ticktape.server.hub import Hub
from ticktape.server.messages import SourceState, SymbolEntry


@get("/api/source", sync_to_thread=False)
def source(state: State) -> SourceState:
    """Tell where the data comes from, and how well it arrives."""
    hub: Hub = state.hub
    return hub.source_state()


@get("/api/symbols", sync_to_thread=False)
def symbols(state: State) -> list[SymbolEntry]:
    """List every instrument, and every parent symbol."""
    hub: Hub = state.hub
    return hub.directory.all_entries()


HANDLERS: Final = (source, symbols)
