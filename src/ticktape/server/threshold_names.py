"""Thresholds that were set for an instrument that there is not: said once."""

from __future__ import annotations

import logging
from typing import Final

import structlog

from ticktape.flow.thresholds import Thresholds, unmatched_note
from ticktape.server.directory import Directory
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

_TOLD_BEFORE: Final = frozenset({Schema.SYSTEM, Schema.DEFINITION, Schema.SYMBOL_MAPPING})

_log = structlog.wrap_logger(logging.getLogger(__name__))


class ThresholdNames:
    """Warns of symbols and roots that nothing has; a sink of the pipeline.

    A source names its instruments before it tells of them: at the first record of a market they
    are known.

    Parameters
    ----------
    directory : Directory
        Names of the instruments.
    thresholds : Thresholds
        Those that are set.
    """

    def __init__(self, directory: Directory, thresholds: Thresholds) -> None:
        self._directory = directory
        self._thresholds = thresholds
        self._is_checked = False

    async def write(self, batch: Batch) -> None:
        """Check once, as soon as it can be."""
        if self._is_checked or batch.schema in _TOLD_BEFORE or not self._directory.has_names():
            return
        self._is_checked = True
        market = self._directory.market
        symbols = {one.raw_symbol for one in market.instruments.all()}
        symbols |= set(market.symbol_map.at().values())
        for name in self._thresholds.unmatched(symbols):
            _log.warning(unmatched_note(name, symbols))

    async def close(self) -> None:
        """Nothing to end."""
