"""What several clients of ``/ws/live`` are sent alike, encoded once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final, NamedTuple

import numpy as np
from msgspec.json import Encoder

from ticktape.server.messages import Message, Trades
from ticktape.server.rows import SymbolOf, trade_messages

_encode: Final = Encoder().encode
_BEGIN, _END = _encode(Trades([]))[:-2], b"]}"


class TradeRun:
    """Trades that wait for one client or many, each encoded when the first of them is sent it.

    Parameters
    ----------
    records : numpy.ndarray
        Records of the trades schema.
    """

    def __init__(self, records: np.ndarray) -> None:
        self.records = records
        self._texts: list[bytes] | None = None

    def texts(self, symbol_of: SymbolOf) -> list[bytes]:
        """Give a JSON message for each trade."""
        if self._texts is None:
            self._texts = [_encode(one) for one in trade_messages(self.records, symbol_of)]
        return self._texts


class TradePart(NamedTuple):
    """Some trades of a run, from `start` to `stop`."""

    run: TradeRun
    start: int
    stop: int


class TradesOfBatch:
    """The trades of one batch, picked once for all clients that watch the same instruments."""

    def __init__(self, trades: np.ndarray) -> None:
        self._trades = trades
        self._runs: dict[frozenset[int], TradeRun] = {}

    def of(self, instrument_ids: frozenset[int]) -> TradeRun:
        """Give those of some instruments."""
        run = self._runs.get(instrument_ids)
        if run is None:
            wanted = np.fromiter(instrument_ids, np.uint32, len(instrument_ids))
            own = np.isin(self._trades["instrument_id"], wanted)
            run = self._runs[instrument_ids] = TradeRun(self._trades[own])
        return run


def trade_texts(parts: Iterable[TradePart], symbol_of: SymbolOf) -> list[bytes]:
    """Give a JSON message for each trade of some parts."""
    return [text for run, start, stop in parts for text in run.texts(symbol_of)[start:stop]]


def joined_trades(texts: list[bytes]) -> bytes:
    """Make one message of the messages of single trades."""
    return _BEGIN + b",".join(texts) + _END


class SharedMessages:
    """Messages of what stands now; to be forgotten whenever anything of it changes."""

    def __init__(self) -> None:
        self._texts: dict[Hashable, bytes | None] = {}

    def clear(self) -> None:
        """Forget them: what they tell of has changed."""
        self._texts.clear()

    def get(self, key: Hashable, make: Callable[[], Message | None]) -> bytes | None:
        """Give a message, made and encoded once; None where there is none."""
        if key not in self._texts:
            message = make()
            self._texts[key] = None if message is None else _encode(message)
        return self._texts[key]
