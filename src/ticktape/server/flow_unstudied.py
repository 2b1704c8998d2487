"""Instruments that cannot be studied: too little is known of them."""

from __future__ import annotations

import logging

import structlog

from ticktape.tape.errors import TicktapeError

_log = structlog.wrap_logger(logging.getLogger(__name__))


class NotStudiedError(TicktapeError):
    """An instrument whose tick nobody knows, as that of a spread without a definition."""

    code = "not-studied"

    def __init__(self, symbol: str) -> None:
        super().__init__(
            f"{symbol} is not studied: its tick is not known",
            hint="a definition record would tell it; its trades are on the tape and the chart",
        )


class Unstudied:
    """Which are not tried until more is known, and of which it has been said."""

    def __init__(self) -> None:
        self._ids: set[int] = set()
        self._said: set[int] = set()

    def __contains__(self, instrument_id: int) -> bool:
        """Tell whether it is known that it cannot be studied."""
        return instrument_id in self._ids

    def add(self, instrument_id: int, error: TicktapeError) -> None:
        """Note one, and say so the first time."""
        self._ids.add(instrument_id)
        if instrument_id not in self._said:
            self._said.add(instrument_id)
            _log.info(str(error.args[0]))

    def try_again(self) -> None:
        """Let all be tried again: more may be known."""
        self._ids.clear()
