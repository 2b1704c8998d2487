"""``/ws/live?batch=list``: what waits for a client as one frame."""

import json

from tests.server.market_day import CL, ES, START_NS, trades

from ticktape.server.websocket import in_lists

LATER = START_NS + 100_000_000_000


async def test_whoever_asks_for_lists_gets_what_waits_as_one_frame(demo):
    every = "symbols=ES.FUT,CLH6&schema=trades,ohlcv-1s,mbp-10&recent=0"
    async with demo.live(f"{every}&batch=list") as socket:
        frames = [json.loads(await socket.receive_str())]
        await demo.show(trades(2, ES, LATER), trades(1, CL, LATER + 1, sequence=900))
        while not any(said.get("symbol") == "CLH6" for said in listed(frames, "trades")):
            frames.append(json.loads(await socket.receive_str()))
    assert frames[0]["type"] == "connected"
    lists = [frame for frame in frames if isinstance(frame, list)]
    assert {"trades", "bar", "book"} <= {said["type"] for found in lists for said in found}
    assert max(map(len, lists)) > 1


def listed(frames, kind):
    lists = [frame for frame in frames if isinstance(frame, list)]
    return [one for found in lists for said in found if said["type"] == kind for one in said[kind]]


def test_a_long_list_is_cut_and_nothing_of_it_is_lost():
    frames = [b'"%d"' % number for number in range(30_000)]
    lists = list(in_lists(frames))
    assert [one for found in lists for one in json.loads(found)] == list(map(str, range(30_000)))
    assert len(lists) == 4
    assert max(map(len, lists)) < 100_000
