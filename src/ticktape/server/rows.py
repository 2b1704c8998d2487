"""Records into the rows of the web API, a column at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from ticktape.server.messages import Bar, BarRow, Level, QuoteRow, Trade, TradeRow
from ticktape.store.traded_past import as_trades
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import LAYOUTS, UNDEF_PRICE, Schema
from ticktape.tape.prices import format_price, format_prices

SymbolOf = Callable[[int], str]

_TRADES_LAYOUT: Final = LAYOUTS[Schema.TRADES]
WITH_TRADES: Final = frozenset(
    {
        Schema.MBO,
        Schema.MBP_1,
        Schema.MBP_10,
        Schema.TBBO,
        Schema.TRADES,
        Schema.CMBP_1,
        Schema.TCBBO,
    }
)
_SIDE_TEXT: Final = {ord("A"): "A", ord("B"): "B"}
# Of one bar, in the order in which rows of flow.TimeBars and these tuples hold them.
BAR_FIELDS: Final = (
    "ts_event",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "buy_volume",
    "sell_volume",
    "trades",
)
BarValues = tuple[int, int, int, int, int, int, int | None, int | None, int | None]
BookKey = tuple[int, int]


def trades_of(batch: Batch) -> np.ndarray:
    """Take the trades out of a batch.

    Parameters
    ----------
    batch : Batch
        Of any schema; one without trades gives none.

    Returns
    -------
    numpy.ndarray
        Records of the trades schema: those whose action is ``T``.
    """
    if batch.schema == Schema.TRADES:
        return batch.records
    if batch.schema not in WITH_TRADES:
        return np.zeros(0, _TRADES_LAYOUT)
    return as_trades(batch.records)


def _sides(records: np.ndarray) -> list[str]:
    return [_SIDE_TEXT.get(side, "N") for side in records["side"].tolist()]


def _price_texts(prices: np.ndarray) -> list[str | None]:
    return [text or None for text in format_prices(prices)]


def trade_rows(trades: np.ndarray, symbol_of: SymbolOf) -> list[TradeRow]:
    """Make rows of ``/api/historical`` for trades.

    Parameters
    ----------
    trades : numpy.ndarray
        Records of the trades schema.
    symbol_of : callable
        Raw symbol of an instrument id.

    Returns
    -------
    list of TradeRow
    """
    ids = trades["instrument_id"].tolist()
    times = trades["ts_event"].tolist()
    return [
        TradeRow(time, str(time), symbol_of(instrument), instrument, price, text, size, side)
        for time, instrument, price, text, size, side in zip(
            times,
            ids,
            trades["price"].tolist(),
            _price_texts(trades["price"]),
            trades["size"].tolist(),
            _sides(trades),
            strict=True,
        )
    ]


def quote_rows(quotes: np.ndarray, symbol_of: SymbolOf) -> list[QuoteRow]:
    """Make rows of ``/api/historical`` for tbbo and mbp-1 records.

    Parameters
    ----------
    quotes : numpy.ndarray
        Records of the tbbo or mbp-1 schema.
    symbol_of : callable
        Raw symbol of an instrument id.

    Returns
    -------
    list of QuoteRow
    """
    columns = [
        quotes[name].tolist()
        for name in (
            "bid_px_00",
            "ask_px_00",
            "bid_sz_00",
            "ask_sz_00",
            "bid_ct_00",
            "ask_ct_00",
        )
    ]
    actions = [chr(action) for action in quotes["action"].tolist()]
    heads = zip(
        quotes["ts_event"].tolist(),
        quotes["instrument_id"].tolist(),
        quotes["price"].tolist(),
        _price_texts(quotes["price"]),
        quotes["size"].tolist(),
        _sides(quotes),
        actions,
        *columns,
        strict=True,
    )
    return [
        QuoteRow(time, str(time), symbol_of(instrument), instrument, *rest)
        for time, instrument, *rest in heads
    ]


def trade_messages(trades: np.ndarray, symbol_of: SymbolOf) -> list[Trade]:
    """Make the live messages of trades.

    Parameters
    ----------
    trades : numpy.ndarray
        Records of the trades schema.
    symbol_of : callable
        Raw symbol of an instrument id.

    Returns
    -------
    list of Trade
    """
    return [
        Trade(time, str(time), symbol_of(instrument), instrument, price, text, size, side, sequence)
        for time, instrument, price, text, size, side, sequence in zip(
            trades["ts_event"].tolist(),
            trades["instrument_id"].tolist(),
            trades["price"].tolist(),
            _price_texts(trades["price"]),
            trades["size"].tolist(),
            _sides(trades),
            trades["sequence"].tolist(),
            strict=True,
        )
    ]


def bar_values(rows: np.ndarray) -> list[tuple[BookKey, BarValues]]:
    """Take bars apart into keys and plain values.

    Parameters
    ----------
    rows : numpy.ndarray
        Rows of ``flow.TimeBars``, or records of an ohlcv schema (sides and trades not known).

    Returns
    -------
    list of tuple
        ``((publisher_id, instrument_id), (ts_event, open, high, low, close, volume, buy_volume,
        sell_volume, trades))`` in the rows' order.
    """
    held = rows.dtype.names or ()
    columns = [
        rows[field].tolist() if field in held else [None] * len(rows) for field in BAR_FIELDS
    ]
    keys = zip(rows["publisher_id"].tolist(), rows["instrument_id"].tolist(), strict=True)
    return list(zip(keys, zip(*columns, strict=True), strict=True))


def bar_message(
    schema: Schema, symbol: str, key: BookKey, values: BarValues, *, closed: bool
) -> Bar:
    """Make the live message of one bar."""
    time, opened, high, low, close, volume, bought, sold, trades = values
    return Bar(
        str(schema),
        time,
        str(time),
        symbol,
        key[1],
        opened,
        high,
        low,
        close,
        volume,
        bought,
        sold,
        trades,
        closed,
    )


def bar_row(symbol: str, key: BookKey, values: BarValues) -> BarRow:
    """Make a row of ``/api/historical`` for one bar."""
    time, opened, high, low, close, volume, bought, sold, trades = values
    row = BarRow(time, str(time), symbol, key[1], opened, high, low, close, volume)
    if bought is not None and sold is not None and trades is not None:
        row.buy_volume_u64, row.sell_volume_u64, row.trades_u64 = bought, sold, trades
    return row


def level_rows(levels: np.ndarray) -> list[Level]:
    """Make the levels of a book message, best first; empty levels are left out."""
    return [
        Level(format_price(price) or None, price, size, count)
        for price, size, count in zip(
            levels["price"].tolist(),
            levels["size"].tolist(),
            levels["count"].tolist(),
            strict=True,
        )
        if price != UNDEF_PRICE
    ]
