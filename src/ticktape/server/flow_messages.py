"""What ``/ws/flow`` says, message by message; ``docs/flow-stream.md`` is the contract.

Prices are in points, ``timestamp`` is in milliseconds, ``ts_ns`` a string of nanoseconds. The names
of the types and fields are those of the reference system's clients.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

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
    rules: str
    thresholds: dict[str, str]


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
    start_ns: str
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


class Developing(Said):
    """How the session's point of control and value area stood."""

    symbol: str
    timestamp: int
    ts_ns: str
    poc: float | None
    vah: float | None
    val: float | None


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
    # Not as camel case would have them: 1M.
    price_after1m: float | None = field(name="priceAfter1m")
    price_after5m: float | None = field(name="priceAfter5m")
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
