"""What the web API says, message by message; ``docs/api.md`` is the contract.

Prices are integers in 1e-9 units (``*_i64``) beside decimal strings. Times are nanoseconds since
the epoch, as a number (``*_unix_ns``) and as a string, because a browser rounds above 2^53.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType

from ticktape.feeds.replay_seek import JumpTarget

Nanoseconds = Annotated[str, Meta(pattern=r"^-?\d+$", description="nanoseconds since the epoch")]
HistoricalSchema = Literal[
    "trades", "ohlcv-1s", "ohlcv-1m", "ohlcv-1h", "ohlcv-1d", "tbbo", "mbp-1"
]
HISTORICAL_SCHEMAS: tuple[str, ...] = get_args(HistoricalSchema)
DEFAULT_LIMIT = 10_000
MAX_LIMIT = 200_000


class ErrorBody(Struct):
    """Why a request was refused, and what to do."""

    code: str
    message: str
    hint: str = ""


class ReplayState(Struct):
    """Where a replay stands; ``speed`` is null where it runs as fast as it is taken.

    Positions count the records before the cursor: all, and those of ``mbo``. What needs the tape's
    index is null before that is built; ``indexed`` is its share, null where there is none.
    """

    start_ns: Nanoseconds
    end_ns: Nanoseconds
    cursor_ns: Nanoseconds
    speed: float | None
    paused: bool
    finished: bool
    loops: int
    position: str
    position_u64: int
    mbo_position: str | None
    mbo_position_u64: int | None
    records_u64: int | None
    indexed: float | None


class SourceState(Struct):
    """Where the data comes from, and how well it arrives."""

    mode: Literal["SIMULATED", "REPLAY", "LIVE"]
    dataset: str
    depth: Literal["L3", "L2", "L1", "trades", "bars"]
    schemas: list[str]
    default_symbols: list[str]
    version: str
    lag_ms: float
    drops: int
    gaps: int
    crossings: int
    connected: bool
    replay: ReplayState | None


class SymbolEntry(Struct):
    """One instrument, or one parent symbol (then every field but the first and last is null)."""

    symbol: str
    instrument_id: int | None
    publisher_id: int | None
    asset: str | None
    instrument_class: str | None
    is_spread: bool | None
    tick_i64: int | None
    tick: str | None
    multiplier: float | None
    currency: str | None
    expiration_ns: str | None
    stype_in: Literal["raw_symbol", "parent"]


class TradeRow(Struct):
    """One trade; ``side`` is the aggressor's: B bought, A sold, N is not known."""

    ts_event_unix_ns: int
    ts_event: str
    symbol: str
    instrument_id: int
    price_i64: int
    price: str | None
    size_u32: int
    side: str


class QuoteRow(Struct):
    """A trade or a quote's change with the best bid and offer (schemas tbbo and mbp-1)."""

    ts_event_unix_ns: int
    ts_event: str
    symbol: str
    instrument_id: int
    price_i64: int
    price: str | None
    size_u32: int
    side: str
    action: str
    bid_px_i64: int
    ask_px_i64: int
    bid_sz_u32: int
    ask_sz_u32: int
    bid_ct_u32: int
    ask_ct_u32: int


class BarRow(Struct):
    """One bar; ``ts_event`` is its open. The last three are there where they are known."""

    ts_event_unix_ns: int
    ts_event: str
    symbol: str
    instrument_id: int
    open_i64: int
    high_i64: int
    low_i64: int
    close_i64: int
    volume_u64: int
    buy_volume_u64: int | UnsetType = UNSET
    sell_volume_u64: int | UnsetType = UNSET
    trades_u64: int | UnsetType = UNSET


class HistoricalRequest(Struct):
    """A range of the tape, asked for."""

    symbols: Annotated[list[Annotated[str, Meta(min_length=1)]], Meta(min_length=1, max_length=500)]
    schema: HistoricalSchema
    start_rfc3339: Annotated[str, Meta(description="RFC 3339, inclusive")]
    end_rfc3339: Annotated[str, Meta(description="RFC 3339, exclusive")]
    stype_in: Literal["raw_symbol", "parent", "continuous", "instrument_id"] | None = None
    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] | None = None
    clip: bool = False


class HistoricalSource(Struct):
    """Where the rows came from, what span that source covers, and what is not in them."""

    kind: Literal["tape", "session", "databento"]
    name: str
    start_ns: Nanoseconds
    end_ns: Nanoseconds
    complete: bool
    truncated: bool
    clipped_at_ns: Nanoseconds | None = None


class TradesAnswer(Struct):
    """Trades of a range, oldest first."""

    schema: Literal["trades"]
    data: list[TradeRow]
    source: HistoricalSource


class BarsAnswer(Struct):
    """Bars of a range, oldest first."""

    schema: Literal["ohlcv-1s", "ohlcv-1m", "ohlcv-1h", "ohlcv-1d"]
    data: list[BarRow]
    source: HistoricalSource


class QuotesAnswer(Struct):
    """Quotes of a range, oldest first."""

    schema: Literal["tbbo", "mbp-1"]
    data: list[QuoteRow]
    source: HistoricalSource


HistoricalAnswer = TradesAnswer | BarsAnswer | QuotesAnswer


class ReplayCommand(Struct):
    """One turn of a replay's controls."""

    action: Literal["pause", "resume", "seek", "speed", "step", "jump"]
    ts_ns: Annotated[str, Meta(pattern=r"^\d{1,19}$")] | None = None
    position: Annotated[str, Meta(pattern=r"^\d{1,18}$")] | None = None
    speed: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    events: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)] | None = None
    to: JumpTarget | None = None
    symbol: str | None = None


class ActivityBucket(Struct):
    """How much happened in one stretch of a tape's time, from ``ts_ns`` on."""

    ts_ns: Nanoseconds
    records: int
    volume: int


class TapePlace(Struct):
    """A place of note on a tape; ``position`` counts the records of any schema before it."""

    ts_ns: Nanoseconds
    position: str


class ReplayActivity(Struct):
    """What a seek bar shows; of gaps and crossings the first thousand, and how many there are."""

    start_ns: Nanoseconds
    end_ns: Nanoseconds
    indexed: float | None
    buckets: list[ActivityBucket]
    gaps: list[TapePlace]
    crossings: list[TapePlace]
    gap_count: int
    crossing_count: int


class Level(Struct):
    """One price level of a book."""

    price: str | None
    price_i64: int
    size: int
    count: int


class Book(Struct, tag="book", tag_field="type"):
    """The top of a book, best level first."""

    symbol: str
    instrument_id: int
    publisher_id: int
    ts_event_unix_ns: int
    ts_event: str
    bids: list[Level]
    asks: list[Level]
    bid_levels: int
    ask_levels: int
    live_orders: int | None
    crossed: bool
    locked: bool
    stale: bool
    in_event: bool


class BookStatus(Struct, tag="status", tag_field="type"):
    """What a client of ``/ws/book`` did not get as it came, since it connected.

    ``conflated``: messages left out because a later snapshot tells more; ``begun_anew``: books that
    began anew for it, each book counted every time.
    """

    conflated: int
    begun_anew: int


class Connected(Struct, tag="connected", tag_field="type"):
    """The first message to a client."""

    source: SourceState
    symbols: list[str]
    instruments: list[SymbolEntry]
    schemas: list[str]


class Trade(Struct, tag="trade", tag_field="type"):
    """One trade as it happens."""

    ts_event_unix_ns: int
    ts_event: str
    symbol: str
    instrument_id: int
    price_i64: int
    price: str | None
    size_u32: int
    side: str
    sequence: int


class Trades(Struct, tag="trades", tag_field="type"):
    """Trades since the last frame, or a late joiner's catch-up, oldest first."""

    trades: list[Trade]


class Bar(Struct, tag="bar", tag_field="type"):
    """A bar so far, or closed."""

    schema: str
    ts_event_unix_ns: int
    ts_event: str
    symbol: str
    instrument_id: int
    open_i64: int
    high_i64: int
    low_i64: int
    close_i64: int
    volume_u64: int
    buy_volume_u64: int | None
    sell_volume_u64: int | None
    trades_u64: int | None
    closed: bool


class Bars(Struct, tag="bars", tag_field="type"):
    """Many bars of one symbol, oldest first."""

    schema: str
    symbol: str
    bars: list[Bar]


class Status(Struct, tag="status", tag_field="type"):
    """The source, twice a second and when it changes."""

    source: SourceState


class Reset(Struct, tag="reset", tag_field="type"):
    """Drop everything shown; the current state follows."""

    reason: Literal["seek", "loop", "reconnect"]


class Gap(Struct, tag="gap", tag_field="type"):
    """Records that were missed."""

    symbol: str | None
    start_ns: Nanoseconds
    end_ns: Nanoseconds
    reason: str


class Problem(Struct, tag="error", tag_field="type"):
    """Something that a client asked and cannot have."""

    code: str
    message: str
    hint: str = ""


Message = Connected | Trade | Trades | Bar | Bars | Book | Status | Reset | Gap | Problem
