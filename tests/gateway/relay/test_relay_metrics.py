"""What a relay tells of its upstream and of its buffer."""

from tests.gateway.gateway_clients import serving, until
from tests.gateway.relay.relaying import relaying
from tests.gateway.test_broadcast import PushFeed, cut
from tests.gateway.test_gateway_metrics import Moved, read

from ticktape.gateway.live import BroadcastSource
from ticktape.gateway.relay import segments
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema


async def test_the_upstream_is_connected_or_not_and_reconnects_are_counted(small_tape):
    reconnects = Moved("ticktape_relay_upstream_reconnects_total")
    gaps = Moved("ticktape_gaps_total")
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as up:
        async with relaying(up.port) as (relay, _):
            assert read("ticktape_relay_upstream_connected") == 1
            await feed.push(Batch(Schema.MBO, small_tape.records[:1_000]))
            await until(lambda: relay.market.records)
            up.abort_sessions()
            await until(lambda: read("ticktape_relay_upstream_connected") == 0)
            await until(lambda: reconnects.by == 1)
            assert read("ticktape_relay_upstream_connected") == 1
            assert gaps.by == 1
        assert read("ticktape_relay_upstream_connected") == 0


async def test_the_buffer_tells_what_it_takes_and_what_it_could_not_keep(
    small_tape, tmp_path, monkeypatch
):
    errors = Moved("ticktape_relay_buffer_errors_total")
    lost = Moved("ticktape_relay_buffer_lost_records_total")
    early, late = cut(small_tape.records, 12_000)
    feed = PushFeed(small_tape)
    async with (
        serving(BroadcastSource(feed)) as up,
        relaying(up.port, buffer=tmp_path) as (relay, _),
    ):
        await feed.push(Batch(Schema.MBO, early))
        await until(lambda: relay.now_ns == int(early["ts_recv"][-1]))
        await until(lambda: not relay.history._pending)
        on_disk = sum(path.stat().st_size for path in tmp_path.iterdir())
        assert read("ticktape_relay_buffer_bytes") == on_disk > early.nbytes
        assert (errors.by, lost.by) == (0, 0)

        def full(descriptor, data):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(segments.os, "write", full)
        await feed.push(Batch(Schema.MBO, late))
        await until(lambda: lost.by == len(late))
        assert errors.by >= 1
