"""Lag: against the clock where the source is live, against its pace in a replay."""

from types import SimpleNamespace

import pytest
from tests.server.market_day import SECOND, START_NS, trades

from ticktape.server.feed_lag import FeedLag
from ticktape.server.source import Source


async def test_live_it_is_now_less_the_newest_receive_time_and_grows_in_silence():
    now = [START_NS]
    lag = FeedLag(Source("LIVE", "GLBX.MDP3", ["mbo"], []), lambda: now[0])
    assert lag.seconds == 0
    await lag.write(trades(1, start_ns=START_NS))
    now[0] = START_NS + SECOND // 4
    assert lag.seconds == pytest.approx(0.25)
    now[0] += SECOND
    assert lag.seconds == pytest.approx(1.25)
    now[0] = START_NS - SECOND
    assert lag.seconds == 0


async def test_in_a_replay_it_is_how_far_behind_its_pace_the_newest_record_came():
    status = SimpleNamespace(
        cursor_ns=START_NS + 20 * SECOND, speed=10.0, paused=False, finished=False
    )
    source = Source("REPLAY", "GLBX.MDP3", ["mbo"], [])
    source.replay = SimpleNamespace(status=lambda: status)
    lag = FeedLag(source)
    await lag.write(trades(1, start_ns=START_NS))
    assert lag.seconds == pytest.approx(2.0)
    await lag.write(trades(1, start_ns=START_NS + 20 * SECOND))
    assert lag.seconds == 0
    for change in ({"paused": True}, {"speed": None}, {"finished": True}):
        status.__dict__.update(paused=False, speed=10.0, finished=False)
        status.__dict__.update(change)
        await lag.write(trades(1, start_ns=START_NS))
        assert lag.seconds == 0
