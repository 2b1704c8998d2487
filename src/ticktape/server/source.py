"""The source that the viewer shows: what it is, where its replay stands, how it arrives."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, Literal

from ticktape import __version__
from ticktape.feeds.marks import past_positions_in
from ticktape.feeds.replay import Replay
from ticktape.server.messages import ReplayState, SourceState
from ticktape.store.tape_past import PastAt
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

Mode = Literal["SIMULATED", "REPLAY", "LIVE"]
Depth = Literal["L3", "L2", "L1", "trades", "bars"]

_DEPTHS: Final[dict[Schema, Depth]] = {
    Schema.MBO: "L3",
    Schema.MBP_10: "L2",
    Schema.MBP_1: "L1",
    Schema.TBBO: "L1",
    Schema.BBO_1S: "L1",
    Schema.BBO_1M: "L1",
    Schema.CMBP_1: "L1",
    Schema.CBBO_1S: "L1",
    Schema.CBBO_1M: "L1",
    Schema.TCBBO: "L1",
    Schema.TRADES: "trades",
    Schema.OHLCV_1S: "bars",
    Schema.OHLCV_1M: "bars",
    Schema.OHLCV_1H: "bars",
    Schema.OHLCV_1D: "bars",
    Schema.OHLCV_EOD: "bars",
}
_BEST_FIRST: Final[tuple[Depth, ...]] = ("L3", "L2", "L1", "trades", "bars")


def depth_of(schemas: Sequence[str]) -> Depth:
    """Tell the best depth that some schemas give; ``"bars"`` where none gives more."""
    depths = {_DEPTHS[Schema(schema)] for schema in schemas if schema in _DEPTHS}
    return next((depth for depth in _BEST_FIRST if depth in depths), "bars")


class Source:
    """What feeds the viewer.

    Parameters
    ----------
    mode : {"SIMULATED", "REPLAY", "LIVE"}
        The badge.
    dataset : str
        Dataset code.
    schemas : sequence of str
        Schemas that arrive.
    default_symbols : sequence of str
        What a viewer shows first.
    replay : Replay, optional
        The replay, where the source is one.
    """

    def __init__(
        self,
        mode: Mode,
        dataset: str,
        schemas: Sequence[str],
        default_symbols: Sequence[str],
        replay: Replay | None = None,
    ) -> None:
        self.mode: Mode = mode
        self.dataset = dataset
        self.schemas = [str(schema) for schema in schemas]
        self.default_symbols = list(default_symbols)
        self.replay = replay
        # When the source's time begins: what symbols mean before the first record.
        self.start_ns = time.time_ns()
        self.connected = False
        self.lag_ms = 0.0
        self.gaps = 0
        self.crossings = 0

    @property
    def depth(self) -> Depth:
        """The best depth that the schemas give."""
        return depth_of(self.schemas)

    def past_in(self, batch: Batch) -> PastAt | None:
        """Give what the past has led to that a batch of marks announces.

        Parameters
        ----------
        batch : Batch
            System records.

        Returns
        -------
        PastAt or None
            From the index of the tape that is replayed here; None of any other source.
        """
        index = None if self.replay is None else self.replay.index
        positions = past_positions_in(batch)
        if index is None or not positions:
            return None
        return index.past_at(positions[-1], [Schema(schema) for schema in self.schemas])

    def replay_state(self) -> ReplayState | None:
        """Give where the replay stands; None where the source is none."""
        if self.replay is None:
            return None
        status = self.replay.status()
        return ReplayState(
            str(status.start_ns),
            str(status.end_ns),
            str(status.cursor_ns),
            status.speed,
            status.paused,
            status.finished,
            status.loops,
            str(status.position),
            status.position,
            None if status.mbo_position is None else str(status.mbo_position),
            status.mbo_position,
            status.records,
            status.indexed,
        )

    def state(self, drops: int = 0) -> SourceState:
        """Give the source object of the web API; ``drops`` as counted for whoever asks."""
        return SourceState(
            self.mode,
            self.dataset,
            self.depth,
            self.schemas,
            self.default_symbols,
            __version__,
            round(self.lag_ms, 3),
            drops,
            self.gaps,
            self.crossings,
            self.connected,
            self.replay_state(),
        )
