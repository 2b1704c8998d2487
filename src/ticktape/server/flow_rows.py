"""Rows of studies into messages of the flow stream, study by study."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from ticktape.flow.aggression.flips import ZERO_CROSS
from ticktape.flow.profile.rows import IMBALANCED_BUY, IMBALANCED_SELL
from ticktape.flow.signals.rows import Outcome as Result
from ticktape.flow.signals.signal import SignalKind
from ticktape.server import flow_messages as said
from ticktape.server import flow_state_messages as stands
from ticktape.server.flow_messages import Said, Side, Way
from ticktape.store.signal_rows import STRENGTHS, Horizon, kind_word, points, signal_name
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, UNDEF_PRICE

NS_PER_MS: Final = 1_000_000
# Where the reference's clients draw what is new.
_X: Final = 0.92
_SIDES: Final[dict[int, Side]] = {SIDE_BID: "buy", SIDE_ASK: "sell"}
_RESULTS: Final = {Result.WIN: "win", Result.LOSS: "loss", Result.BREAKEVEN: "breakeven"}


def milliseconds(ts_ns: int) -> int:
    """Give a time in whole milliseconds."""
    return ts_ns // NS_PER_MS


def price_or_none(price: int) -> float | None:
    """Give a price in points; None where there is none."""
    return None if price == UNDEF_PRICE else points(price)


def way_of(direction: int) -> Way:
    """Give the word of a direction."""
    return "bullish" if direction > 0 else "bearish"


def _side(side: int) -> Side:
    return _SIDES.get(side, "none")


def bubbles(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each window."""
    for row in rows:
        end_ns = int(row["end_ns"])
        buy, sell = int(row["buy_volume"]), int(row["sell_volume"])
        imbalance = float(row["imbalance"])
        yield said.Bubble(
            f"{symbol}-bubble-{end_ns}",
            symbol,
            points(int(row["price"])),
            int(row["size"]),
            # A balance is told as the reference tells it: sell, of imbalance 0.
            "buy" if row["side"] == SIDE_BID else "sell",
            milliseconds(end_ns),
            str(end_ns),
            str(int(row["start_ns"])),
            bool(row["is_significant"]),
            imbalance if buy >= sell else -imbalance,
            buy + sell + int(row["unsided_volume"]),
            buy,
            sell,
            points(int(row["vwap"])),
            int(row["tier"]),
            1.0,
            _X,
        )


def sweeps(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each sweep."""
    for row in rows:
        ts_ns, price = int(row["ts_ns"]), int(row["last"])
        direction = 1 if row["side"] == SIDE_BID else -1
        yield said.Sweep(
            signal_name(symbol, SignalKind.SWEEP, ts_ns, direction, price),
            symbol,
            _side(row["side"]),
            points(price),
            points(int(row["low"])),
            points(int(row["high"])),
            int(row["size"]),
            int(row["prints"]),
            int(row["levels"]),
            milliseconds(ts_ns),
            str(ts_ns),
        )


def cvd_points(symbol: str, rows: np.ndarray, buckets: int) -> Iterator[Said]:
    """Give the message of each point, with so many buckets."""
    names = ["end_ns", "open", "high", "low", "close", "continuous"]
    sizes = rows["buckets"].tolist()
    for (end_ns, opened, high, low, close, continuous), own in zip(
        rows[names].tolist(), sizes, strict=True
    ):
        yield said.CVDPoint(
            symbol,
            milliseconds(end_ns),
            str(end_ns),
            close,
            continuous,
            own[:buckets],
            opened,
            high,
            low,
            _X,
        )


def developing(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each state of the profile."""
    for row in rows:
        ts_ns = int(row["ts_ns"])
        marks = (price_or_none(int(row[name])) for name in ("poc", "vah", "val"))
        yield said.Developing(symbol, milliseconds(ts_ns), str(ts_ns), *marks)


def flips(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each flip and reversal."""
    for ts_ns, price, before, after, kind, direction, _ in rows.tolist():
        is_flip = kind == ZERO_CROSS
        name = SignalKind.DELTA_FLIP if is_flip else SignalKind.DELTA_REVERSAL
        yield said.DeltaFlip(
            signal_name(symbol, name, ts_ns, direction, price),
            symbol,
            milliseconds(ts_ns),
            str(ts_ns),
            points(price),
            "zero_cross" if is_flip else "reversal",
            way_of(direction),
            before,
            after,
            _X,
        )


def divergences(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each divergence."""
    for row in rows:
        ts_ns, price, direction = int(row["ts_ns"]), int(row["price"]), int(row["direction"])
        yield said.Divergence(
            signal_name(symbol, SignalKind.DIVERGENCE, ts_ns, direction, price),
            symbol,
            milliseconds(ts_ns),
            str(ts_ns),
            points(price),
            way_of(direction),
            points(int(row["price_from"])),
            points(int(row["price_to"])),
            int(row["cvd_from"]),
            int(row["cvd_to"]),
            str(row["from_ns"]),
        )


def stacks(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each stack of a bar that has closed."""
    for row in rows:
        ts_ns, direction = int(row["end_ns"]), int(row["side"])
        price = int(row["close"])
        yield said.StackedImbalance(
            signal_name(symbol, SignalKind.STACKED_IMBALANCE, ts_ns, direction, price),
            symbol,
            milliseconds(ts_ns),
            str(ts_ns),
            "buy" if direction > 0 else "sell",
            int(row["levels"]),
            points(int(row["price_high"])),
            points(int(row["price_low"])),
            int(row["excess"]),
            _X,
        )


def absorptions(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each event that is worth telling."""
    for row in rows[rows["is_told"] == 1]:
        ts_ns, price = int(row["ts_ns"]), int(row["price"])
        is_buying = row["absorbed"] == SIDE_BID
        yield said.Absorption(
            signal_name(symbol, SignalKind.ABSORPTION, ts_ns, -1 if is_buying else 1, price),
            symbol,
            milliseconds(ts_ns),
            str(ts_ns),
            points(price),
            "buying" if is_buying else "selling",
            int(row["delta"]),
            points(int(row["price_change"])),
            STRENGTHS[row["strength"]],
            int(row["event_count"]),
            int(row["total_absorbed"]),
            bool(row["at_poc"] or row["at_vah"] or row["at_val"]),
            bool(row["against_trend"]),
            _X,
        )


def icebergs(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each replenishment."""
    for row in rows:
        ts_ns, price = int(row["ts_ns"]), int(row["price"])
        direction = 1 if row["side"] == SIDE_BID else -1
        yield said.Iceberg(
            signal_name(symbol, SignalKind.ICEBERG, ts_ns, direction, price),
            symbol,
            milliseconds(ts_ns),
            str(ts_ns),
            points(price),
            _side(row["side"]),
            int(row["shown"]),
            int(row["filled"]),
            int(row["replenishments"]),
            str(row["order_id"]) if row["order_id"] else None,
        )


def touches(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each window near the touch."""
    for row in rows:
        ts_ns = int(row["ts_ns"])
        names = ("bid_added", "bid_pulled", "ask_added", "ask_pulled")
        counts = (int(row[name]) for name in names)
        yield said.Touch(symbol, milliseconds(ts_ns), str(ts_ns), *counts)


def confluences(symbol: str, rows: np.ndarray) -> Iterator[Said]:
    """Give the message of each agreement; what came of it follows as its signal's outcome."""
    for row in rows:
        ts_ns, price, direction = int(row["ts_ns"]), int(row["price"]), int(row["direction"])
        yield said.Confluence(
            signal_name(symbol, SignalKind.CONFLUENCE, ts_ns, direction, price),
            symbol,
            milliseconds(ts_ns),
            str(ts_ns),
            points(price),
            way_of(direction),
            int(row["score"]),
            [kind_word(kind) for kind in SignalKind if int(row["kinds"]) >> kind & 1],
            None,
            None,
            _X,
        )


def outcomes(symbol: str, rows: np.ndarray, horizons: Mapping[int, Horizon]) -> Iterator[Said]:
    """Give the message of each outcome that is one; horizons are named by their lengths."""
    for row in rows:
        result = _RESULTS.get(int(row["outcome"]))  # type: ignore[call-overload]
        if result is None:
            continue
        ts_ns = int(row["ts_ns"])
        yield said.Outcome(
            signal_name(
                symbol,
                int(row["kind"]),
                int(row["signal_ns"]),
                int(row["direction"]),
                int(row["price"]),
            ),
            symbol,
            milliseconds(ts_ns),
            str(ts_ns),
            horizons[int(row["horizon_ns"])],
            points(int(row["price_after"])),
            points(int(row["move"])),
            result,
        )


def footprints(
    symbol: str,
    every: str,
    bars: np.ndarray,
    levels: np.ndarray,
    stacked: np.ndarray,
    *,
    closed: bool,
) -> Iterator[Said]:
    """Give the message of each bar, with the levels and stacks that belong to it."""
    at = stack_at = 0
    for bar in bars:
        own = levels[at : at + int(bar["levels"])]
        own_stacks = stacked[stack_at : stack_at + int(bar["stacks"])]
        at, stack_at = at + int(bar["levels"]), stack_at + int(bar["stacks"])
        start_ns = int(bar["start_ns"])
        yield stands.Footprint(
            symbol,
            f"{symbol}-{every}-{start_ns}",
            milliseconds(start_ns),
            str(start_ns),
            str(bar["end_ns"]),
            every,
            closed,
            points(int(bar["open"])),
            points(int(bar["high"])),
            points(int(bar["low"])),
            points(int(bar["close"])),
            int(bar["volume"]),
            int(bar["buy"]),
            int(bar["sell"]),
            int(bar["delta"]),
            points(int(bar["vwap"])),
            int(bar["trades"]),
            price_or_none(int(bar["poc"])),
            [
                stands.FootprintLevel(points(price), bid, ask, unsided)
                for _, price, bid, ask, unsided, _ in own.tolist()
            ],
            list(_imbalances(own)),
            [
                stands.StackMark(
                    points(int(one["price_low"])),
                    points(int(one["price_high"])),
                    "buy" if one["side"] > 0 else "sell",
                    int(one["levels"]),
                )
                for one in own_stacks
            ],
            stands.Unfinished(bool(bar["unfinished_high"]), bool(bar["unfinished_low"])),
        )


def _imbalances(levels: np.ndarray) -> Iterator[stands.ImbalanceMark]:
    for level in levels[levels["imbalance"] > 0]:
        price = points(int(level["price"]))
        if level["imbalance"] & IMBALANCED_BUY:
            yield stands.ImbalanceMark(price, "buy")
        if level["imbalance"] & IMBALANCED_SELL:
            yield stands.ImbalanceMark(price, "sell")


# What is told of the rows of each study, in the order in which it is told.
EVENTS: Final[dict[str, Callable[[str, np.ndarray], Iterator[Said]]]] = {
    "windows": bubbles,
    "sweeps": sweeps,
    "developing": developing,
    "absorptions": absorptions,
    "flips": flips,
    "stacks": stacks,
    "divergences": divergences,
    "icebergs": icebergs,
    "confluences": confluences,
    "touch": touches,
}
# How many rows of each a late joiner is told.
KEPT: Final[dict[str, int]] = {
    "windows": 2_000,
    "sweeps": 500,
    "cvd": 7_200,
    "developing": 2_000,
    "absorptions": 200,
    "flips": 200,
    "stacks": 200,
    "divergences": 200,
    "icebergs": 200,
    "confluences": 200,
    "touch": 600,
}
