"""The viewer: market, pipeline, hub and web server around one feed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, Thresholds
from ticktape.market import Market
from ticktape.pipeline import Pipeline, Sink
from ticktape.server.app import create_app
from ticktape.server.book_answers import BookAnswers
from ticktape.server.book_streams import BookStreams
from ticktape.server.directory import Directory
from ticktape.server.exports import Exports
from ticktape.server.feed_lag import FeedLag
from ticktape.server.flow_streams import FlowStreams
from ticktape.server.heatmap import Heatmap
from ticktape.server.historical import FetchUpstream, Historical
from ticktape.server.hub import Hub
from ticktape.server.limits import DEFAULT_LIMITS, Limits
from ticktape.server.market_metrics import ViewerMetrics
from ticktape.server.mbo_stream import MboStreams
from ticktape.server.names import Names
from ticktape.server.recording import Recording
from ticktape.server.serving import WebServer
from ticktape.server.signal_answers import SignalAnswers
from ticktape.server.signal_keeping import SignalKeeper
from ticktape.server.source import Source
from ticktape.server.tape_shelf import TapeShelf
from ticktape.server.threshold_names import ThresholdNames
from ticktape.store import MboLog, RecentLog
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

_WATCH_SECONDS: Final = 0.1
# An eighth of what a client waits between two frames, with which a window's message is out in time
# on a slow machine too; half of it where records are many, and requests would wait.
_GATHER_SECONDS: Final = 0.006, 0.025
_CLOSE_SECONDS: Final = 0.25
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Viewer:
    """Everything that one ``ticktape up`` runs, except the feed.

    Parameters
    ----------
    source : Source
        What the feed is.
    host, port : str, int
        Where to serve; port 0 for any free one.
    replayed : sequence of Path
        The tapes that are replayed.
    tapes : Path, optional
        A folder of further tapes to serve ranges from.
    upstream : callable, optional
        Asks Databento for ranges that no local tape covers.
    dev : bool
        Development mode.
    limits : Limits
        What the web server takes on at most.
    signals : Path, optional
        The file that signals are kept in; without one they are gone with the process.
    thresholds : Thresholds
        Of the studies of order flow.

    Raises
    ------
    PortInUseError
        If another program listens on the port.
    SignalStoreError
        If the file of signals cannot be used.

    Attributes
    ----------
    mbo_log : MboLog or None
        The source's ``mbo`` records by position: of a replay its index, else the newest. None
        where the source has none.
    """

    def __init__(
        self,
        source: Source,
        host: str = "127.0.0.1",
        port: int = 8080,
        *,
        replayed: Sequence[Path] = (),
        tapes: Path | None = None,
        upstream: FetchUpstream | None = None,
        dev: bool = False,
        limits: Limits = DEFAULT_LIMITS,
        signals: Path | None = None,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
    ) -> None:
        self.source = source
        self.signals = SignalKeeper(source, signals, thresholds)
        self.market = Market()
        self.recording = Recording()
        self.hub = Hub(Directory(self.market), source)
        replay = source.replay
        shelf = TapeShelf(replayed, tapes)
        historical = Historical(
            self.hub.directory,
            self.recording,
            shelf,
            upstream,
            None if replay is None else lambda: replay.status().cursor_ns,
        )
        has_orders = Schema.MBO in source.schemas
        self._recent = RecentLog() if has_orders and source.mode != "REPLAY" else None
        self.mbo_log: MboLog | None = self._recent
        if has_orders and replay is not None:
            self.mbo_log = replay.index
        self._is_over = False
        names = Names(self.hub.directory, shelf if source.mode == "REPLAY" else None)
        self.mbo_streams = MboStreams(
            self.mbo_log,
            self._is_growing,
            names,
            self.hub.arrivals,
            is_tape=source.mode == "REPLAY",
            opening="" if source.mode == "REPLAY" else f"{source.start_ns:x}",
        )
        self._exports = Exports(self.mbo_streams, names, source.dataset)
        self.book_streams = BookStreams(self.hub.directory, source, self.mbo_log)
        self.flow_streams = FlowStreams(
            self.hub.directory, source, self.signals, self.mbo_log, self.recording
        )
        self._lag = FeedLag(source)
        self._metrics = ViewerMetrics(self.hub, self._lag)
        # What the handlers of the web API take by name.
        state: dict[str, object] = {
            "hub": self.hub,
            "book_streams": self.book_streams,
            "flow_streams": self.flow_streams,
            "heatmap": Heatmap(self.mbo_log, self.book_streams),
            "historical": historical,
            "book_answers": BookAnswers(self.hub),
            "limits": limits,
            "mbo_log": self.mbo_log,
            "mbo_streams": self.mbo_streams,
            "signal_answers": SignalAnswers(self.signals),
            "exports": self._exports,
        }
        app = create_app(state, dev=dev, loopback=host in _LOOPBACK)
        self.server = WebServer(app, host, port, limits.max_header_bytes, limits.max_connections)

    async def start(self) -> None:
        """Begin to answer; there is nothing to see before :meth:`show`."""
        self._metrics.begin()
        self.signals.begin()
        await self.server.start()

    async def show(
        self, feed: AsyncIterable[Batch], is_connected: Callable[[], bool] = lambda: True
    ) -> None:
        """Show a feed until it ends.

        Parameters
        ----------
        feed : async iterable of Batch
            Where the data comes from.
        is_connected : callable
            Tells whether the feed is connected now.
        """
        # The first sink, so that nothing is shown from a feed before it is said to be connected;
        # what is recent before the hub, which tells that it has come.
        sinks: list[Sink] = [_BeforeEach(lambda: self._note_connection(connected=is_connected()))]
        if self._recent is not None:
            sinks.append(self._recent)
        # The streams after the hub, which makes the market forget its books where a replay starts
        # over.
        sinks += [self.hub, self.book_streams, self._lag]
        # A replay's ranges come from its tapes: what it has sent is no other data.
        if self.source.mode != "REPLAY":
            sinks.append(self.recording)
        if self.signals.thresholds.named:
            sinks.append(ThresholdNames(self.hub.directory, self.signals.thresholds))
        # The last: the past of an instrument that is asked for is what the sinks before it hold.
        sinks.append(self.flow_streams)
        pipeline = Pipeline(feed, self.market, sinks, gather_seconds=_GATHER_SECONDS)
        watch = asyncio.create_task(self._watch(is_connected))
        try:
            await pipeline.run()
        finally:
            self._is_over = True
            self.hub.arrivals.tell()
            watch.cancel()
            self._note_connection(connected=False)

    def _is_growing(self) -> bool:
        """Tell whether the log may get further records."""
        if self.source.replay is None:
            return not self._is_over
        index = self.source.replay.index
        return index is not None and index.error is None and not index.is_ready

    async def _watch(self, is_connected: Callable[[], bool]) -> None:
        while True:
            self.source.lag_ms = self._lag.seconds * 1e3
            self.source.crossings = self.market.counters["crossings"]
            self._note_connection(connected=is_connected())
            await asyncio.sleep(_WATCH_SECONDS)

    def _note_connection(self, *, connected: bool) -> None:
        if self.source.connected != connected:
            self.source.connected = connected
            self.hub.announce_status()

    async def close(self) -> None:
        """End every client's stream and stop answering."""
        self._metrics.end()
        self.mbo_streams.close()
        self._exports.close()
        await self.hub.close()
        await self.book_streams.close()
        await self.flow_streams.close()
        await self.hub.wait_until_left(_CLOSE_SECONDS)
        await self.book_streams.wait_until_left(_CLOSE_SECONDS)
        await self.flow_streams.wait_until_left(_CLOSE_SECONDS)
        await self.server.close()
        await self.signals.close()


class _BeforeEach(NamedTuple):
    """Calls a function at every batch, before the sinks behind it get the batch."""

    call: Callable[[], None]

    async def write(self, batch: Batch) -> None:  # noqa: ARG002 -- a sink takes batches
        self.call()

    async def close(self) -> None:
        """Nothing to end."""
