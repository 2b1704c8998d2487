"""Seeking in tapes without orders: quotes, trades and bars are as if played to there."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.seeking import played, seek_about
from tests.store.orders import START, random_orders

from ticktape.feeds.replay import Replay
from ticktape.flow.derive import make_deriver
from ticktape.store import TapeIndex
from ticktape.tape import DbnWriter, make_metadata, read_dbn
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import ACTION_TRADE, Schema

SCHEMAS = [
    Schema.MBP_1,
    Schema.MBP_10,
    Schema.TBBO,
    Schema.BBO_1S,
    Schema.TRADES,
    Schema.OHLCV_1S,
    Schema.OHLCV_1M,
]


def derived(schema):
    """Records of a schema that rows of a random book by order give."""
    deriver = make_deriver(Schema.MBO, schema)
    orders = random_orders(31, 6_000, publishers=2)
    return np.concatenate([deriver.update(orders), deriver.flush()])


@pytest.fixture(scope="module", params=SCHEMAS, ids=str)
def tape(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tape")
    schema, path = request.param, folder / "tape.dbn"
    with DbnWriter(path, make_metadata("GLBX.MDP3", schema, START)) as writer:
        writer.write(Batch(schema, derived(schema)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TICKTAPE_TAPE_CACHE", str(folder / "cache"))
        batches = list(read_dbn(path, schema=schema))
        yield path, schema, batches


@settings(max_examples=8, deadline=None)
@given(
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=4),
    every=st.sampled_from([50, 300, 2_000]),
    knows_past=st.booleans(),
)
def test_any_seek_shows_what_playing_to_there_shows(tape, shares, every, knows_past):
    path, schema, batches = tape
    total = sum(len(batch.records) for batch in batches)
    targets = [round(share * total) for share in shares]
    index = TapeIndex(path, every=every)
    index.build()
    replay = Replay(path, None, hold_at_end=True, index=index)
    replay.pause()
    moves = [lambda replay, at=at: replay.seek_position(at) for at in targets]
    shown, _ = asyncio.run(seek_about(replay, *moves, knows_past=knows_past, schemas=(schema,)))
    index.close()
    for at, (_, seen) in zip(targets, shown, strict=True):
        assert seen == played(batches, at).shown()


def test_the_trades_of_such_tapes_are_looked_at(tape):
    _, schema, batches = tape
    if schema not in (Schema.BBO_1S, Schema.OHLCV_1S, Schema.OHLCV_1M):
        records = np.concatenate([batch.records for batch in batches])
        assert (records["action"] == ACTION_TRADE).sum() > 500
