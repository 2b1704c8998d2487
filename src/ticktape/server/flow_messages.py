"""What ``/ws/flow`` says, message by message; ``docs/flow-stream.md`` is the contract.

Prices are in points, ``timestamp`` is in milliseconds, ``ts_ns`` a string of nanoseconds. The names
of the types and fields are those of the reference system's clients.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

Side = Literal["buy", "sell", "none"]
Way = Literal["bullish", "bearish"]


class Said(Struct, tag=True, tag_field="type", rename="camel"):
    """A message: its type is the name of its class."""


class Begin(Said):
    """Forget what you have of a symbol: its past follows."""

    symbol: str
    ts_ns: str
    reason: str
    by_order: str


class Caught(Said):
    """The past of a symbol is told: what follows is new."""

    symbol: str
    ts_ns: str


class FlowSession(Struct, rename="camel"):
    """The session that an instrument is in."""

    trade_date: str
    open_ns: str
    close_ns: str
    regular_open_ns: str
    regular_close_ns: str


class FlowSymbolEntry(Struct, rename="camel"):
    """An instrument that is watched."""

    symbol: str
    instrument_id: int
    tick: float | None
    point_value: float | None
    currency: str | None
    is_spread: bool
    session: FlowSession | None


class Connected(Said):
    """What is watched."""

    symbols: list[str]
    mode: str
    dataset: str
    settings: dict[str, Any]
    instruments: list[FlowSymbolEntry]


class Error(Said):
    """Something that a client asked and cannot have."""

    message: str
    code: str
    hint: str


class ReplayStatus(Said):
    """Where the replay stands."""

    mode: str
    is_paused: bool
    is_finished: bool
    speed: float | None
    replay_date: str
    replay_progress: float
    current_time: int
    current_time_ns: str
    start_ns: str
    end_ns: str


class Bubble(Said):
    """Aggression of one window."""

    id: str
    symbol: str
    price: float
    size: int
    side: Side
    timestamp: int
    ts_ns: str
    is_significant_imbalance: bool
    imbalance: float
    volume: int
    buy_volume: int
    sell_volume: int
    vwap: float
    tier: int
    opacity: float
    x: float


class Sweep(Said):
    """Prints of one event and side."""

    id: str
    symbol: str
    side: Side
    price: float
    price_low: float
    price_high: float
    size: int
    prints: int
    levels: int
    timestamp: int
    ts_ns: str


class CVDPoint(Said):
    """Cumulative delta at the end of one window."""

    symbol: str
    timestamp: int
    ts_ns: str
    value: int
    continuous: int
    buckets: list[int]
    open: int
    high: int
    low: int
    x: float


class DeltaFlip(Said):
    """The cumulative delta crossed zero, or turned."""

    id: str
    symbol: str
    timestamp: int
    ts_ns: str
    price: float
    flip_type: Literal["zero_cross", "reversal"]
    direction: Way
    cvd_before: int
    cvd_after: int
    x: float


class Divergence(Said):
    """A swing of price that the delta did not go with."""

    id: str
    symbol: str
    timestamp: int
    ts_ns: str
    price: float
    direction: Way
    price_from: float
    price_to: float
    cvd_from: int
    cvd_to: int
    from_ns: str


class ProfileLevel(Struct, rename="camel"):
    """What was traded at a price."""

    price: float
    buy_volume: int
    sell_volume: int
    unsided_volume: int
    total_volume: int


class VolumeProfile(Said, omit_defaults=True):
    """Volume at price: all levels, or those that changed."""

    symbol: str
    scope: Literal["session", "range"]
    whole: bool
    levels: list[ProfileLevel]
    poc: float | None
    vah: float | None
    val: float | None
    hvn: list[float]
    lvn: list[float]
    value_area_volume: int
    total: int
    id: str | None = None
    from_ns: str | None = None
    to_ns: str | None = None


class Developing(Said):
    """How the session's point of control and value area stood."""

    symbol: str
    timestamp: int
    ts_ns: str
    poc: float | None
    vah: float | None
    val: float | None


class FootprintLevel(Struct, rename="camel"):
    """What was sold into the bid and bought at the ask at a price of a bar."""

    price: float
    bid: int
    ask: int
    unsided: int


class ImbalanceMark(Struct, rename="camel"):
    """A diagonal imbalance of a bar."""

    price: float
    side: Side


class StackMark(Struct, rename="camel"):
    """Imbalances of one side at adjacent prices of a bar."""

    price_low: float
    price_high: float
    side: Side
    levels: int


class Unfinished(Struct):
    """Whether both sides traded at the ends of a bar."""

    high: bool
    low: bool


class Footprint(Said):
    """A bar with its prices."""

    symbol: str
    id: str
    start: int
    start_ns: str
    end_ns: str
    every: str
    closed: bool
    open: float
    high: float
    low: float
    close: float
    volume: int
    buy_volume: int
    sell_volume: int
    delta: int
    vwap: float
    trades: int
    poc: float | None
    levels: list[FootprintLevel]
    imbalances: list[ImbalanceMark]
    stacked: list[StackMark]
    unfinished: Unfinished


class StackedImbalance(Said):
    """Imbalances at adjacent prices of a bar that has closed."""

    id: str
    symbol: str
    timestamp: int
    ts_ns: str
    side: Side
    level_count: int
    price_high: float
    price_low: float
    total_imbalance: int
    x: float


class NakedLevel(Struct, rename="camel"):
    """A bar's point of control to which price has not come back."""

    price: float
    start_ns: str


class NakedPoc(Said):
    """All that are naked."""

    symbol: str
    levels: list[NakedLevel]


class LevelMark(Struct, rename="camel"):
    """A level of the session."""

    name: str
    price: float
    kind: str


class Levels(Said):
    """All levels that are known now."""

    symbol: str
    levels: list[LevelMark]


class Leg(Struct, rename="camel"):
    """An impulse leg and the low-volume nodes inside it."""

    start_ns: str
    end_ns: str
    start_price: float
    end_price: float
    direction: Way
    score: int
    lvn: list[float]


class Legs(Said):
    """The latest impulse legs, oldest first."""

    symbol: str
    legs: list[Leg]


class Absorption(Said):
    """Aggression that did not move the price."""

    id: str
    symbol: str
    timestamp: int
    ts_ns: str
    price: float
    absorption_type: Literal["buying", "selling"]
    delta: int
    price_change: float
    strength: str
    event_count: int
    total_absorbed: int
    at_key_level: bool
    against_trend: bool
    x: float


class Zone(Struct, rename="camel"):
    """A price at which aggression was absorbed."""

    price: float
    absorption_type: Literal["buying", "selling"]
    total_absorbed: int
    event_count: int
    first_seen: int
    last_seen: int
    strength: str
    at_poc: bool
    at_vah: bool
    at_val: bool
    against_trend: bool


class AbsorptionZones(Said):
    """All zones that live."""

    symbol: str
    zones: list[Zone]


class Iceberg(Said):
    """A resting order of which more was filled than it showed."""

    id: str
    symbol: str
    timestamp: int
    ts_ns: str
    price: float
    side: Side
    shown: int
    filled: int
    replenishments: int
    order_id: str | None


class Touch(Said):
    """What was added and pulled near the best prices in one window."""

    symbol: str
    timestamp: int
    ts_ns: str
    bid_added: int
    bid_pulled: int
    ask_added: int
    ask_pulled: int


class Confluence(Said):
    """Signals of several kinds that agree."""

    id: str
    symbol: str
    timestamp: int
    ts_ns: str
    price: float
    direction: Way
    score: int
    signals: list[str]
    price_after1m: float | None
    price_after5m: float | None
    x: float


class Outcome(Said):
    """What came of a signal."""

    id: str
    symbol: str
    timestamp: int
    ts_ns: str
    horizon: str
    price: float
    move: float
    outcome: str


class KindStats(Struct, rename="camel"):
    """Signals of one kind in the session, and what came of them."""

    count: int
    bullish_count: int
    bearish_count: int
    wins: int
    losses: int
    breakeven: int
    avg_move1m: float | None
    avg_move5m: float | None
    win_rate: float | None


class SessionStats(Said):
    """The session so far."""

    symbol: str
    session_start: int
    session_start_ns: str
    current_price: float | None
    session_high: float | None
    session_low: float | None
    total_volume: int
    delta_flips: KindStats
    absorptions: KindStats
    stacked_imbalances: KindStats
    confluences: KindStats
    divergences: KindStats
    icebergs: KindStats
    sweeps: KindStats
