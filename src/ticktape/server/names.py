"""Names of instruments for calls that read the whole tape, wherever a replay's cursor stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from ticktape.server.directory import Directory, Found, find_instruments
from ticktape.server.tape_shelf import ShelvedTape, TapeShelf
from ticktape.tape.symbol_map import SymbolMap


class Names:
    """What the source calls its instruments.

    A replay's directory learns of them as they come. The same request has the same answer before
    and after, so of a tape this takes the names that are on all of it.

    Parameters
    ----------
    directory : Directory
        Names of a source that has no end.
    shelf : TapeShelf, optional
        Where the tape of a replay is.
    """

    def __init__(self, directory: Directory, shelf: TapeShelf | None = None) -> None:
        self._directory = directory
        self._shelf = shelf
        self._looking = asyncio.Lock()

    async def _tape(self) -> ShelvedTape | None:
        if self._shelf is None:
            return None
        async with self._looking:
            return await asyncio.to_thread(self._shelf.replayed)

    async def symbols(self) -> Callable[[int], str]:
        """Give the function that tells an instrument's symbol."""
        tape = await self._tape()
        return self._directory.symbol_of if tape is None else tape.symbol_of

    async def symbol_map(self) -> tuple[SymbolMap, Callable[[int], str]]:
        """Give every mapping known, and the function that tells an instrument's symbol."""
        tape = await self._tape()
        if tape is None:
            return self._directory.market.symbol_map, self._directory.symbol_of
        return tape.symbols, tape.symbol_of

    async def resolve(self, asked: Sequence[str]) -> Found:
        """Tell which instruments symbols stand for: now, or at the beginning of the tape."""
        tape = await self._tape()
        if tape is None:
            return self._directory.resolve(asked, None)
        return find_instruments(asked, None, tape.instruments, tape.symbols, tape.start_ns)
