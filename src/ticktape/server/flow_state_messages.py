"""How things stand, as ``/ws/flow`` says it: told again when it has changed, and bars.

Prices are in points; see ``flow_messages``.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from ticktape.server.flow_messages import FlowSession, Said, Side, Way


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
    scope: Literal["session", "composite", "range"]
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
    sessions: int = 0


class SessionHours(Said):
    """The latest sessions of an instrument, oldest first."""

    symbol: str
    sessions: list[FlowSession]


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


class KindStats(Struct, rename="camel"):
    """Signals of one kind in the session, and what came of them."""

    count: int
    bullish_count: int
    bearish_count: int
    wins: int
    losses: int
    breakeven: int
    # Not as camel case would have them: 1M.
    avg_move1m: float | None = field(name="avgMove1m")
    avg_move5m: float | None = field(name="avgMove5m")
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
