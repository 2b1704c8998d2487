"""The three sources of ``ticktape up``, each through the live protocol on a real socket."""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

from ticktape.cli.simulator_options import check_rate, pre_open_ns
from ticktape.cli.usage import WrongUsageError
from ticktape.feeds.databento_key import find_key
from ticktape.feeds.databento_live import DEFAULT_PORT, DatabentoLiveFeed
from ticktape.feeds.live_subscriptions import ALL_SYMBOLS, LiveSubscription
from ticktape.feeds.protocol import Feed
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, Thresholds
from ticktape.gateway.live.broadcast_source import BroadcastSource
from ticktape.gateway.live.gateway import LiveGateway
from ticktape.ops.beside import beside
from ticktape.ops.config import Settings
from ticktape.server.databento_ranges import upstream_where_possible
from ticktape.server.limits import limits_of
from ticktape.server.source import Source
from ticktape.server.viewer import Viewer
from ticktape.store.signal_schema import signals_file
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError
from ticktape.tape.files import open_tape
from ticktape.tape.layouts import Schema
from ticktape.tape.metadata import schema_of
from ticktape.tape.symbology import infer_stype

_LOCAL_KEY: Final = "db-ticktape-local-gateway-000000"
_SIDE_SCHEMAS: Final = (Schema.DEFINITION, Schema.STATUS)
_RICHEST_FIRST: Final = (
    Schema.MBO,
    Schema.MBP_10,
    Schema.MBP_1,
    Schema.TBBO,
    Schema.TRADES,
    Schema.TCBBO,
    Schema.CMBP_1,
    Schema.BBO_1S,
    Schema.BBO_1M,
)
# For other clients that ask this gateway for the past; the viewer itself keeps its own.
_HISTORY_RECORDS: Final = 200_000
_BARS: Final[tuple[Schema, ...]] = (Schema.OHLCV_1S, Schema.OHLCV_1M, Schema.OHLCV_1H)


class Choice:
    """A source that was chosen, and the feed of it.

    Parameters
    ----------
    title : str
        What the command says it shows.
    source : Source
        What the viewer says it shows.
    files : sequence of Path
        Tapes that are replayed.
    make_local : callable, optional
        Makes what the local gateway serves, in a thread, while the web server already answers;
        None where the vendor's gateway serves.
    subscriptions : tuple of LiveSubscription
        What to take from the gateway.
    """

    def __init__(
        self,
        title: str,
        source: Source,
        subscriptions: Sequence[LiveSubscription],
        *,
        make_local: Callable[[], Feed] | None = None,
        files: Sequence[Path] = (),
    ) -> None:
        self.title = title
        self.source = source
        self._subscriptions = tuple(subscriptions)
        self._make_local = make_local
        self._files = tuple(files)
        self._live: DatabentoLiveFeed | None = None

    def make_viewer(
        self, settings: Settings, thresholds: Thresholds = DEFAULT_THRESHOLDS
    ) -> Viewer:
        """Make the viewer, on its port."""
        return Viewer(
            self.source,
            settings.host,
            settings.port,
            replayed=self._files,
            tapes=settings.tapes,
            upstream=upstream_where_possible(self.source.dataset, settings.historical_gateway),
            dev=settings.dev,
            limits=limits_of(settings),
            signals=settings.signals or signals_file(),
            thresholds=thresholds,
        )

    def is_connected(self) -> bool:
        """Tell whether the live session is open."""
        return self._live is not None and self._live.connected

    def _is_own(self, peer: object) -> bool:
        return self._live is not None and peer is not None and peer == self._live.address

    @asynccontextmanager
    async def feed(self, settings: Settings) -> AsyncIterator[AsyncIterable[Batch]]:
        """Open the feed, and the local gateway before it where there is one."""
        gateway = None
        if self._make_local is not None:
            local = await beside(self._make_local)
            gateway = LiveGateway(
                BroadcastSource(
                    local,
                    schemas=map(Schema, self.source.schemas),
                    history_records=_HISTORY_RECORDS,
                    # The viewer reads here too: a replay rather runs late than without it.
                    waits=bool(self._files) or None,
                    # It knows a tape's past by the same index as the replay.
                    knows_past=self._is_own,
                ),
                settings.host,
                settings.gateway_port,
                [_LOCAL_KEY],
            )
            await gateway.start()
        try:
            host, port = vendor_gateway(settings)
            self._live = DatabentoLiveFeed(
                None if gateway is None else _LOCAL_KEY,
                self.source.dataset,
                self._subscriptions,
                host if gateway is None else gateway.host,
                port if gateway is None else gateway.port,
                # The vendor ends sessions for maintenance; another gateway because its tape ends.
                reconnect_at_end=gateway is None and host is None,
            )
            try:
                yield self._live
            finally:
                await self._live.close()
        finally:
            if gateway is not None:
                await gateway.close()


def vendor_gateway(settings: Settings) -> tuple[str | None, int]:
    """Give host and port of the vendor's live gateway; no host for the dataset's own."""
    if settings.live_gateway is None:
        return None, DEFAULT_PORT
    host, _, port = settings.live_gateway.partition(":")
    return host, int(port)


class Wishes(NamedTuple):
    """What the command line says about the source.

    Attributes
    ----------
    files : sequence of Path
        Tapes to replay; none where another source was chosen.
    live : str or None
        Symbols to take live, comma-separated.
    schema : str
        Of a live source.
    speed, loop, paused
        Of a replay; speed None is as fast as it goes.
    seed, rate
        Of the simulated exchange.
    pre_open_seconds : float
        How long the simulated exchange only collects orders, before its opening auction.
    """

    files: Sequence[Path]
    live: str | None
    schema: str
    speed: float | None
    loop: bool
    paused: bool
    seed: int
    rate: float
    pre_open_seconds: float = 0.0


def choose(settings: Settings, wishes: Wishes) -> Choice:
    """Make the source that was asked for.

    Raises
    ------
    TicktapeError
        If a tape cannot be read, a symbol or schema is wrong, or the key is missing.
    """
    if wishes.files:
        return _replay(wishes)
    if wishes.live is not None:
        return _live(settings, wishes)
    return _demo(wishes)


def _all_of(schemas: Sequence[Schema]) -> list[LiveSubscription]:
    return [LiveSubscription(schema, (ALL_SYMBOLS,)) for schema in (*_SIDE_SCHEMAS, *schemas)]


def _demo(wishes: Wishes) -> Choice:
    from ticktape.feeds.simulator import SimulatedExchange, SimulatorFeed  # noqa: PLC0415

    # The exchange is made once the page can be seen already.
    rate, pre_open = check_rate(wishes.rate), pre_open_ns(wishes.pre_open_seconds)

    def make() -> Feed:
        return SimulatorFeed(
            SimulatedExchange(
                seed=wishes.seed,
                rate=rate,
                start_ns=time.time_ns(),
                pre_open_ns=pre_open,
            )
        )

    source = Source("SIMULATED", "GLBX.MDP3", [Schema.MBO], ["ES.FUT"])
    return Choice("a simulated exchange", source, _all_of([Schema.MBO]), make_local=make)


def _replay(wishes: Wishes) -> Choice:
    from ticktape.feeds.replay import Replay  # noqa: PLC0415
    from ticktape.store import TapeIndex  # noqa: PLC0415

    schemas = shown_schemas(schemas_on(wishes.files))
    index = TapeIndex(wishes.files)
    replay = Replay(wishes.files, wishes.speed, wishes.loop, hold_at_end=True, index=index)
    if wishes.paused:
        replay.pause()
    source = Source("REPLAY", str(replay.metadata.dataset), schemas, [], replay)
    source.start_ns = replay.status().start_ns
    names = ", ".join(path.name for path in wishes.files)
    return Choice(
        f"a replay of {names}",
        source,
        _all_of(schemas),
        make_local=lambda: replay,
        files=wishes.files,
    )


def _live(settings: Settings, wishes: Wishes) -> Choice:
    find_key()  # A missing key is said before anything is started.
    symbols = list(filter(None, map(str.strip, (wishes.live or "").split(","))))
    if not symbols:
        raise WrongUsageError("--live names no symbols", hint="name some: --live ES.FUT,NQ.c.0")
    try:
        schema = Schema(wishes.schema)
    except ValueError as error:
        raise WrongUsageError(
            f"schema {wishes.schema!r} is not known",
            hint="one of mbo, mbp-10, mbp-1, tbbo, trades, bbo-1s, ohlcv-1s, …",
        ) from error
    by_kind: dict[str, list[str]] = {}
    for symbol in symbols:
        by_kind.setdefault(infer_stype(symbol), []).append(symbol)
    subscriptions = [
        LiveSubscription(one, tuple(names), kind, snapshot=one is Schema.MBO)
        for kind, names in by_kind.items()
        for one in (Schema.DEFINITION, schema)
    ]
    source = Source("LIVE", settings.dataset, [schema], symbols)
    return Choice(f"{', '.join(symbols)} live from Databento", source, subscriptions)


def schemas_on(files: Sequence[Path]) -> set[Schema]:
    """Tell which schemas some tapes hold; a mixed one is looked through."""
    found: set[Schema] = set()
    for path in files:
        tape = open_tape(path)
        stated = schema_of(tape.metadata)
        found |= {batch.schema for batch in tape} if stated is None else {stated}
    return found


def shown_schemas(held: set[Schema]) -> list[Schema]:
    """Choose what to show of a tape: each trade, quote or bar from one schema only."""
    best = next((schema for schema in _RICHEST_FIRST if schema in held), None)
    if best is None:
        bars: list[Schema] = [schema for schema in _BARS if schema in held]
        if not bars:
            raise BadValueError(
                f"the tapes hold {', '.join(sorted(held)) or 'nothing'}: nothing to show",
                hint="replay mbo, mbp, tbbo, trades, bbo or ohlcv records",
            )
        return bars
    return [best]
