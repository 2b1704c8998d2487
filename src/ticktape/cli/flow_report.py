"""The order flow of an instrument as a page of text with small charts."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ticktape.cli.charts import bar, column_chart
from ticktape.cli.tables import format_table
from ticktape.flow.signals.rows import Outcome
from ticktape.flow.signals.signal import SignalKind
from ticktape.flow.tally import vwap_of
from ticktape.flow.tape_flow import TapeFlow
from ticktape.tape.prices import format_price
from ticktape.tape.times import format_time

_CHART_COLUMNS: Final = 72
_CHART_LINES: Final = 4
_PROFILE_LINES: Final = 24
_BAR_COLUMNS: Final = 40
_NS_PER_SECOND: Final = 1_000_000_000
_LATEST: Final = 8
# Of the nine decimals of a price, these are not shown of an average.
_SHOWN_ZEROS: Final = 5


def report_text(found: TapeFlow, document: dict[str, Any]) -> str:
    """Write the report.

    Parameters
    ----------
    found : TapeFlow
        What the studies found.
    document : dict
        The same as the JSON document.

    Returns
    -------
    str
        Plain text of at most 100 columns, without a line break at the end.
    """
    if not document["trades"]:
        return "no trades"
    parts = [
        _heading(found, document),
        _charts(found),
        _profile(found),
        _signals(found),
        _latest_signals(found),
        _thresholds(found),
    ]
    return "\n\n".join(part for part in parts if part)


def _heading(found: TapeFlow, document: dict[str, Any]) -> str:
    first, last = (format_time(int(found.sums[name]))[:19] for name in ("first_ns", "last_ns"))
    volume, cvd, windows = document["volume"], document["cvd"], document["windows"]
    rows = [
        ["price", *(f"{name} {document[name]}" for name in ("open", "high", "low", "close"))],
        [
            "volume",
            f"{sum(volume.values()):,}",
            f"bought {volume['buy']:,}",
            f"sold {volume['sell']:,}",
            f"unsided {volume['none']:,}",
        ],
        [
            "delta",
            f"{cvd['last']:+,}",
            f"highest {cvd['max']:+,}",
            f"lowest {cvd['min']:+,}",
            f"{document['delta_flips']} flips",
        ],
        [
            "seconds",
            f"{windows['count']:,}",
            f"significant {windows['significant']:,}",
            f"bought {windows['buy_dominant']:,}",
            f"balanced {windows['balanced']:,}",
        ],
    ]
    title = f"{document['symbol']}   {first} – {last} UTC   {document['trades']:,} trades"
    vwap = format_price(round(int(vwap_of(found.sums) or 0), -_SHOWN_ZEROS))
    return f"{title}   VWAP {vwap}\n\n{format_table([''] * 5, rows, 5).lstrip()}"


def _charts(found: TapeFlow) -> str:
    bars = found.rows["bars"]
    lines = []
    price = column_chart(bars["close"], _CHART_COLUMNS, _CHART_LINES)
    named = (format_price(int(bars[name].max())) for name in ("high",))
    lines += _framed("price", price, next(named), format_price(int(bars["low"].min())))
    running = np.cumsum(bars["delta"])
    cvd = column_chart(running, _CHART_COLUMNS, _CHART_LINES)
    lines += ["", *_framed("CVD", cvd, f"{running.max():+,}", f"{running.min():+,}")]
    return "\n".join(lines)


def _framed(name: str, chart: list[str], top: str, bottom: str) -> list[str]:
    """Put a chart's name in front of it, and what its top and its bottom are behind."""
    ends = {0: top, len(chart) - 1: bottom}
    return [
        f"{name if at == 0 else '':<7}{line:<{_CHART_COLUMNS}}  {ends.get(at, '')}".rstrip()
        for at, line in enumerate(chart)
    ]


def _profile(found: TapeFlow) -> str:
    profile = found.profile
    if profile is None:
        return ""
    levels = found.levels
    prices, volumes = levels["price"], levels["buy"] + levels["sell"]
    tick = found.instrument.tick
    span = int(prices[-1] - prices[0]) // tick + 1
    step = -(-span // _PROFILE_LINES) * tick
    buckets = (prices - prices[0]) // step
    sums = np.bincount(buckets, volumes).astype("i8")
    bought = np.bincount(buckets, levels["buy"]).astype("i8")
    marks = {"POC": profile.poc, "VAH": profile.vah, "VAL": profile.val}
    most = int(sums.max())
    rows = []
    for place in range(len(sums) - 1, -1, -1):
        low = int(prices[0]) + place * step
        inside = low <= profile.vah and low + step > profile.val
        marked = [
            f"{name} {format_price(price)}"
            for name, price in marks.items()
            if low <= price < low + step
        ]
        rows.append(
            [
                format_price(low),
                "┃" if inside else "│",
                bar(int(sums[place]), most, _BAR_COLUMNS),
                f"{sums[place]:,}",
                f"{2 * bought[place] - sums[place]:+,}",
                "  ".join(marked),
            ]
        )
    width = max(len(row[0]) for row in rows)
    numbers = [max(len(row[column]) for row in rows) for column in (3, 4)]
    lines = [
        f"{price:>{width}} {edge}{drawn:<{_BAR_COLUMNS}}  {total:>{numbers[0]}}  "
        f"{delta:>{numbers[1]}}  {mark}".rstrip()
        for price, edge, drawn, total, delta, mark in rows
    ]
    share = 100 * profile.value_area_volume / profile.total
    title = (
        f"profile: {profile.value_area_volume:,} of {profile.total:,} contracts ({share:.1f} %) "
        "in the value area; volume and delta from each price on"
    )
    return "\n".join([title, *lines])


def _signals(found: TapeFlow) -> str:
    signals, outcomes = found.rows["signals"], found.rows["outcomes"]
    horizons = np.unique(outcomes["horizon_ns"]).tolist()
    heads = ["signal", "direction", "count"]
    for horizon in horizons:
        heads += [f"{horizon / _NS_PER_SECOND:g} s: won", "lost", "even", "rate"]
    rows: list[list[object]] = []
    for kind in SignalKind:
        for direction, word in ((1, "bullish"), (-1, "bearish")):
            own = (signals["kind"] == kind) & (signals["direction"] == direction)
            if not own.any():
                continue
            row: list[object] = [kind.name.lower().replace("_", " "), word, f"{own.sum():,}"]
            judged = outcomes[(outcomes["kind"] == kind) & (outcomes["direction"] == direction)]
            for horizon in horizons:
                told = judged["outcome"][judged["horizon_ns"] == horizon]
                won, lost, even = (
                    int((told == what).sum())
                    for what in (Outcome.WIN, Outcome.LOSS, Outcome.BREAKEVEN)
                )
                rate = f"{100 * won / (won + lost):.0f} %" if won + lost else ""
                row += [won, lost, even, rate]
            rows.append(row)
    return format_table(heads, rows, 2) if rows else "no signals"


def _latest_signals(found: TapeFlow) -> str:
    signals = found.rows["signals"]
    strong = signals[signals["kind"] == SignalKind.CONFLUENCE][-_LATEST:]
    if not len(strong):
        return ""
    rows = [
        [
            format_time(int(one["ts_ns"]))[:19],
            format_price(int(one["price"])),
            "bullish" if one["direction"] > 0 else "bearish",
            int(one["score"]),
        ]
        for one in strong
    ]
    heads = ["latest confluences", "price", "direction", "kinds"]
    return format_table(heads, rows, 3)


def _thresholds(found: TapeFlow) -> str:
    return "\n".join(
        f"{'set' if at == 0 else '':<5}{name} = {value}"
        for at, (name, value) in enumerate(found.thresholds.items())
    )
