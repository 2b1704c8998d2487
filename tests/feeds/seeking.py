"""What a viewer would show of a replay that is sought about in, and of one that is played."""

import numpy as np
from tests.store.orders import content

from ticktape.book.ladder_volume import PriceVolumes
from ticktape.feeds.marks import Mark, marks_in, past_positions_in, positions_in
from ticktape.market import Market
from ticktape.server.rows import WITH_TRADES
from ticktape.server.view import SHOWN_BARS, View
from ticktape.tape.layouts import Schema


class Screen:
    """A market, a view and volumes that follow a replay as the viewer does.

    With an index they take the past from it; without, from what is told of it.
    """

    def __init__(self, index=None, schemas=(Schema.MBO,)):
        self.market = Market()
        self.view = View()
        self.volumes = PriceVolumes()
        self.index, self.schemas, self.known = index, schemas, None
        self.positions = []
        self.resets = 0

    def take(self, batch):
        for mark in marks_in(batch):
            if mark is Mark.RESET:
                self.market.reset()
                self.view.reset()
                self.volumes.reset()
                self.resets += 1
                self.known = None
            elif mark is Mark.PAST:
                if self.index is not None:
                    self.known = self.index.past_at(past_positions_in(batch)[-1], self.schemas)
                    assert self.known is not None
                self.view.begin_past(self.known)
            elif mark is Mark.BOOKS:
                self.view.end_past()
                volumes = None if self.known is None else self.known.volumes()
                self.known = None
                if volumes is not None:
                    self.volumes.restore(*volumes)
        self.positions += positions_in(batch)
        self.market.apply(batch)
        self.view.apply(batch)
        if batch.schema in WITH_TRADES and self.known is None:
            self.volumes.update(batch.records)

    def shown(self):
        """Everything that can be seen, as plain values."""
        market, view = self.market, self.view
        keys = market.keys()
        ids = frozenset(instrument for _, instrument in keys)
        return {
            "books": content(market._by_order),
            "prices": [
                [side.tolist() for side in market.book(*key[::-1]).levels(20)] for key in keys
            ],
            "times": dict(sorted(view.book_times_ns.items())),
            "trades": view.recent_trades(ids, 2_000).tobytes(),
            "closed": {
                (schema, key): bars
                for schema in SHOWN_BARS
                for key, bars in sorted(view.closed_bars(schema, ids).items())
            },
            "open": {
                (schema, key): view.open_bar(schema, key)
                for schema in SHOWN_BARS
                for key in sorted(view.open_bar_keys(schema, ids))
            },
            "volumes": {
                key: self.volumes.of_book(*key).tolist() for key in sorted(map(tuple, keys))
            },
            "instruments": sorted(one.raw_symbol for one in market.instruments.all()),
        }


def played(batches, position):
    """The screen after the first records of a tape, in order."""
    screen = Screen()
    for batch in batches:
        taken = min(position, len(batch.records))
        if taken:
            screen.take(batch._replace(records=batch.records[:taken]))
        position -= taken
    return screen


async def seek_about(replay, *moves, knows_past=False, schemas=(Schema.MBO,)):
    """Make moves one after the other; give the screen's content after each has arrived."""
    screen, shown = Screen(replay.index if knows_past else None, schemas), []
    if knows_past:
        replay.tells_past = lambda: False
    left = iter(moves)
    stream = aiter(replay)
    next(left)(replay)
    async for batch in stream:
        screen.take(batch)
        if Mark.CAUGHT_UP in marks_in(batch):
            shown.append((replay.status(), screen.shown()))
            move = next(left, None)
            if move is None:
                break
            move(replay)
    await stream.aclose()
    return shown, screen


def position_after(batches, ts_ns):
    """How many records are not after a time, counted without an index."""
    from ticktape.tape.merge import index_times

    times = np.concatenate([index_times(batch) for batch in batches])
    return int(np.count_nonzero(np.maximum.accumulate(times) <= np.uint64(ts_ns)))


def of_schema(records, schema=Schema.MBO):
    """Records as the batches of a tape."""
    from ticktape.tape.batch import Batch

    return [Batch(schema, records)]
