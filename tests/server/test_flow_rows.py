"""A row of a study, and the message that the flow stream makes of it, field by field."""

import msgspec
import numpy as np
import pytest

from ticktape.flow.absorption.absorption_signals import absorption_signals
from ticktape.flow.absorption.iceberg_signals import iceberg_signals
from ticktape.flow.absorption.rows import ABSORPTION, ICEBERG, TOUCH
from ticktape.flow.aggression import DIVERGENCE, FLIP, SWEEP
from ticktape.flow.aggression.divergence import divergence_signals
from ticktape.flow.aggression.flips import REVERSAL, ZERO_CROSS, flip_signals
from ticktape.flow.aggression.sweeps import sweep_signals
from ticktape.flow.profile.rows import STACK
from ticktape.flow.profile.stacked_signals import stacked_signals
from ticktape.flow.signals.confluence import confluence_signals
from ticktape.flow.signals.rows import CONFLUENCE
from ticktape.flow.signals.signal import SignalKind
from ticktape.server.flow_rows import EVENTS
from ticktape.store.signal_rows import signal_name

BUY, SELL = ord("B"), ord("A")
POINT = 1_000_000_000
# Not a whole millisecond: those are rounded down, and nanoseconds are told in full.
NOW = 1_764_000_000_123_456_789
OF_NOW = {"symbol": "NQZ5", "timestamp": 1_764_000_000_123, "tsNs": "1764000000123456789"}
X = {"x": 0.92}

DTYPES = {
    "sweeps": SWEEP,
    "flips": FLIP,
    "divergences": DIVERGENCE,
    "stacks": STACK,
    "absorptions": ABSORPTION,
    "icebergs": ICEBERG,
    "touch": TOUCH,
    "confluences": CONFLUENCE,
}
SIGNALS = {
    "sweeps": sweep_signals,
    "flips": flip_signals,
    "divergences": divergence_signals,
    "stacks": stacked_signals,
    "absorptions": absorption_signals,
    "icebergs": iceberg_signals,
    "confluences": confluence_signals,
}

# Every field of a row has a value of its own, so that no two can change places unseen.
SWEPT = {
    "ts_ns": NOW,
    "first": 101 * POINT,
    "last": 102_250_000_000,
    "high": 103_500_000_000,
    "low": 99_750_000_000,
    "size": 57,
    "prints": 9,
    "levels": 4,
    "tier": 2,
    "is_outstanding": True,
}
SWEEP_TOLD = {
    **OF_NOW,
    "type": "Sweep",
    "price": 102.25,
    "priceLow": 99.75,
    "priceHigh": 103.5,
    "size": 57,
    "prints": 9,
    "levels": 4,
}
TURNED = {"ts_ns": NOW, "price": 102_250_000_000, "strength": 2}
TURN_TOLD = {**OF_NOW, **X, "type": "DeltaFlip", "price": 102.25}
STACKED = {
    "start_ns": NOW - 60 * POINT,
    "end_ns": NOW,
    "close": 102_250_000_000,
    "price_low": 99_750_000_000,
    "price_high": 103_500_000_000,
    "excess": 41,
    "levels": 5,
}
STACK_TOLD = {
    **OF_NOW,
    **X,
    "type": "StackedImbalance",
    "levelCount": 5,
    "priceHigh": 103.5,
    "priceLow": 99.75,
    "totalImbalance": 41,
}
ABSORBED = {
    "ts_ns": NOW,
    "price": 102_250_000_000,
    "average_price": 102_187_500_000,
    "volume": 77,
    "total_absorbed": 310,
    "event_count": 6,
    "is_told": 1,
}
ABSORPTION_TOLD = {
    **OF_NOW,
    **X,
    "type": "Absorption",
    "price": 102.25,
    "eventCount": 6,
    "totalAbsorbed": 310,
}
HIDDEN = {
    "ts_ns": NOW,
    "first_ns": NOW - 5 * POINT,
    "price": 102_250_000_000,
    "order_id": 6_413_000_000_000_000_001,
    "filled": 83,
    "hidden": 63,
    "shown": 20,
    "shows": 13,
    "replenishments": 4,
    "kind": 1,
    "strength": 3,
    "is_stronger": 1,
}
ICEBERG_TOLD = {
    **OF_NOW,
    "type": "Iceberg",
    "price": 102.25,
    "shown": 20,
    "filled": 83,
    "replenishments": 4,
    "orderId": "6413000000000000001",
}
AGREED = {
    "ts_ns": NOW,
    "price": 102_250_000_000,
    "price_low": 99_750_000_000,
    "price_high": 103_500_000_000,
}
AGREEMENT_TOLD = {
    **OF_NOW,
    **X,
    "type": "Confluence",
    "price": 102.25,
    "priceAfter1m": None,
    "priceAfter5m": None,
}
AT_NOW = f"{NOW}-up-102250000000"
AT_NOW_DOWN = f"{NOW}-down-102250000000"

# The study, its row, the message.
GOLDEN = {
    "a sweep that bought": (
        "sweeps",
        {**SWEPT, "side": BUY},
        {**SWEEP_TOLD, "id": f"NQZ5-sweep-{AT_NOW}", "side": "buy"},
    ),
    "a sweep that sold": (
        "sweeps",
        {**SWEPT, "side": SELL},
        {**SWEEP_TOLD, "id": f"NQZ5-sweep-{AT_NOW_DOWN}", "side": "sell"},
    ),
    "a flip up": (
        "flips",
        {**TURNED, "kind": ZERO_CROSS, "direction": 1, "cvd_before": -31, "cvd_after": 17},
        {
            **TURN_TOLD,
            "id": f"NQZ5-delta_flip-{AT_NOW}",
            "flipType": "zero_cross",
            "direction": "bullish",
            "cvdBefore": -31,
            "cvdAfter": 17,
        },
    ),
    "a flip down": (
        "flips",
        {**TURNED, "kind": ZERO_CROSS, "direction": -1, "cvd_before": 31, "cvd_after": -17},
        {
            **TURN_TOLD,
            "id": f"NQZ5-delta_flip-{AT_NOW_DOWN}",
            "flipType": "zero_cross",
            "direction": "bearish",
            "cvdBefore": 31,
            "cvdAfter": -17,
        },
    ),
    "a reversal up": (
        "flips",
        {**TURNED, "kind": REVERSAL, "direction": 1, "cvd_before": -940, "cvd_after": -720},
        {
            **TURN_TOLD,
            "id": f"NQZ5-delta_reversal-{AT_NOW}",
            "flipType": "reversal",
            "direction": "bullish",
            "cvdBefore": -940,
            "cvdAfter": -720,
        },
    ),
    "a reversal down": (
        "flips",
        {**TURNED, "kind": REVERSAL, "direction": -1, "cvd_before": 940, "cvd_after": 720},
        {
            **TURN_TOLD,
            "id": f"NQZ5-delta_reversal-{AT_NOW_DOWN}",
            "flipType": "reversal",
            "direction": "bearish",
            "cvdBefore": 940,
            "cvdAfter": 720,
        },
    ),
    "a lower low with a higher delta": (
        "divergences",
        {
            **{"ts_ns": NOW, "price": 102_250_000_000, "direction": 1},
            **{"price_from": 101 * POINT, "price_to": 99_750_000_000},
            **{"cvd_from": -250, "cvd_to": -130},
            **{"from_ns": NOW - 90 * POINT, "to_ns": NOW - 7 * POINT},
        },
        {
            **OF_NOW,
            **{"type": "Divergence", "id": f"NQZ5-divergence-{AT_NOW}"},
            **{"price": 102.25, "direction": "bullish", "priceFrom": 101.0, "priceTo": 99.75},
            **{"cvdFrom": -250, "cvdTo": -130, "fromNs": "1763999910123456789"},
        },
    ),
    "a higher high with a lower delta": (
        "divergences",
        {
            **{"ts_ns": NOW, "price": 102_250_000_000, "direction": -1},
            **{"price_from": 103_500_000_000, "price_to": 104 * POINT},
            **{"cvd_from": 250, "cvd_to": 130},
            **{"from_ns": NOW - 90 * POINT, "to_ns": NOW - 7 * POINT},
        },
        {
            **OF_NOW,
            **{"type": "Divergence", "id": f"NQZ5-divergence-{AT_NOW_DOWN}"},
            **{"price": 102.25, "direction": "bearish", "priceFrom": 103.5, "priceTo": 104.0},
            **{"cvdFrom": 250, "cvdTo": 130, "fromNs": "1763999910123456789"},
        },
    ),
    "a stack that was bought": (
        "stacks",
        {**STACKED, "side": 1},
        {**STACK_TOLD, "id": f"NQZ5-stacked_imbalance-{AT_NOW}", "side": "buy"},
    ),
    "a stack that was sold": (
        "stacks",
        {**STACKED, "side": -1},
        {**STACK_TOLD, "id": f"NQZ5-stacked_imbalance-{AT_NOW_DOWN}", "side": "sell"},
    ),
    "buying that was absorbed is bearish": (
        "absorptions",
        {
            **{**ABSORBED, "absorbed": BUY, "delta": 64, "price_change": 250_000_000},
            **{"strength": 2, "at_vah": 1},
        },
        {
            **{**ABSORPTION_TOLD, "id": f"NQZ5-absorption-{AT_NOW_DOWN}"},
            **{"absorptionType": "buying", "delta": 64, "priceChange": 0.25},
            **{"strength": "strong", "atKeyLevel": True, "againstTrend": False},
        },
    ),
    "selling that was absorbed is bullish": (
        "absorptions",
        {
            **{**ABSORBED, "absorbed": SELL, "delta": -64, "price_change": -250_000_000},
            **{"strength": 1, "against_trend": 1},
        },
        {
            **{**ABSORPTION_TOLD, "id": f"NQZ5-absorption-{AT_NOW}"},
            **{"absorptionType": "selling", "delta": -64, "priceChange": -0.25},
            **{"strength": "medium", "atKeyLevel": False, "againstTrend": True},
        },
    ),
    "a bid that shows a part of itself": (
        "icebergs",
        {**HIDDEN, "side": BUY},
        {**ICEBERG_TOLD, "id": f"NQZ5-iceberg-{AT_NOW}", "side": "buy"},
    ),
    "an ask that shows a part of itself": (
        "icebergs",
        {**HIDDEN, "side": SELL},
        {**ICEBERG_TOLD, "id": f"NQZ5-iceberg-{AT_NOW_DOWN}", "side": "sell"},
    ),
    "a bid without an identifier": (
        "icebergs",
        {**HIDDEN, "side": BUY, "order_id": 0},
        {**ICEBERG_TOLD, "id": f"NQZ5-iceberg-{AT_NOW}", "side": "buy", "orderId": None},
    ),
    "orders near the touch": (
        "touch",
        {
            **{"ts_ns": NOW, "bid_added": 11, "bid_pulled": 12, "bid_filled": 13},
            **{"ask_added": 21, "ask_pulled": 22, "ask_filled": 23},
        },
        {
            **{**OF_NOW, "type": "Touch"},
            **{"bidAdded": 11, "bidPulled": 12, "askAdded": 21, "askPulled": 22},
        },
    ),
    "three kinds that agree on up": (
        "confluences",
        {
            **{**AGREED, "direction": 1, "score": 3},
            "kinds": 1 << SignalKind.ICEBERG | 1 << SignalKind.DELTA_FLIP | 1 << SignalKind.SWEEP,
        },
        {
            **{**AGREEMENT_TOLD, "id": f"NQZ5-confluence-{AT_NOW}"},
            **{"direction": "bullish", "score": 3},
            "signals": ["delta_flip", "iceberg", "sweep"],
        },
    ),
    "four kinds that agree on down": (
        "confluences",
        {
            **{**AGREED, "direction": -1, "score": 4},
            "kinds": 1 << SignalKind.DELTA_REVERSAL
            | 1 << SignalKind.ABSORPTION
            | 1 << SignalKind.STACKED_IMBALANCE
            | 1 << SignalKind.DIVERGENCE,
        },
        {
            **{**AGREEMENT_TOLD, "id": f"NQZ5-confluence-{AT_NOW_DOWN}"},
            **{"direction": "bearish", "score": 4},
            "signals": ["delta_reversal", "absorption", "stacked_imbalance", "divergence"],
        },
    ),
}
# Which way a word points: what was absorbed turns the other way.
WAYS = {"bullish": 1, "buy": 1, "selling": 1, "bearish": -1, "sell": -1, "buying": -1}
WITH_SIGNAL = [name for name, (study, _, _) in GOLDEN.items() if study in SIGNALS]


def rows_of(study, *fields):
    """Rows of a study; what is not given is 0."""
    rows = np.zeros(len(fields), DTYPES[study])
    for row, values in zip(rows, fields, strict=True):
        for name, value in values.items():
            row[name] = value
    return rows


def told(study, rows):
    """What a client reads of rows."""
    return [msgspec.json.decode(msgspec.json.encode(one)) for one in EVENTS[study]("NQZ5", rows)]


@pytest.mark.parametrize("name", GOLDEN)
def test_a_row_is_told_field_by_field(name):
    study, row, message = GOLDEN[name]
    assert told(study, rows_of(study, row)) == [message]


@pytest.mark.parametrize("name", WITH_SIGNAL)
def test_a_message_has_the_identifier_and_the_direction_of_its_signal(name):
    study, row, message = GOLDEN[name]
    (signal,) = SIGNALS[study](rows_of(study, row))
    parts = (int(signal[part]) for part in ("kind", "ts_ns", "direction", "price"))
    assert message["id"] == signal_name("NQZ5", *parts)
    word = message.get("direction") or message.get("side") or message["absorptionType"]
    assert WAYS[word] == signal["direction"]


@pytest.mark.parametrize("level", ["at_poc", "at_vah", "at_val"])
def test_any_of_three_levels_is_a_key_level(level):
    row = {**ABSORBED, "absorbed": BUY}
    near, far = told("absorptions", rows_of("absorptions", {**row, level: 1}, row))
    assert (near["atKeyLevel"], far["atKeyLevel"]) == (True, False)


def test_strengths_are_words_from_weak_to_defended():
    rows = [{**ABSORBED, "absorbed": SELL, "strength": strength} for strength in range(4)]
    words = [one["strength"] for one in told("absorptions", rows_of("absorptions", *rows))]
    assert words == ["weak", "medium", "strong", "defended"]


def test_absorption_that_is_not_worth_telling_is_not_told():
    row = {**ABSORBED, "absorbed": SELL, "is_told": 0}
    assert told("absorptions", rows_of("absorptions", row)) == []


@pytest.mark.parametrize("study", DTYPES)
def test_no_rows_are_no_messages(study):
    assert told(study, rows_of(study)) == []
