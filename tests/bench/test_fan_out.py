"""The fan-out and relay benchmarks, small: they say what was sent and how late it came."""

import asyncio

from ticktape.bench.fan_out import fan_out
from ticktape.bench.relay_latency import run_relay
from ticktape.bench.tapes import write_simulated_tape


def test_every_client_of_the_fan_out_gets_the_whole_tape(tmp_path):
    path = tmp_path / "small.mbo.dbn"
    records = write_simulated_tape(path, 50_000)
    run = asyncio.run(fan_out(path, records, clients=6))
    assert run.records == 6 * records
    assert run.seconds > 0
    assert run.server_cpu_s > 0


def test_the_relay_run_loses_nothing_and_times_every_read():
    run = run_relay(rate=5_000, seconds=1.0)
    assert run.received == run.sent >= 15_000
    assert len(run.latencies_ms)
    assert (run.latencies_ms > 0).all()
