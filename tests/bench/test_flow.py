"""The benchmark of order flow: its day of trades, and its run from a trade to a client."""

import numpy as np

from ticktape.bench.flow import INSTRUMENT_ID, SYMBOL, day_of_trades, study, write_day
from ticktape.bench.flow_latency import WINDOWS_A_SECOND, run_latency
from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.layouts import Schema


def test_the_day_is_like_a_day_of_the_future_it_is_called_after():
    trades = day_of_trades(60_000)
    assert (np.diff(trades["ts_event"].astype("i8")) >= 0).all()
    sizes = trades["size"]
    # The mean size, and the share of trades at the time of the one before, of three real evenings
    # are 1.32 to 1.36 and 0.24 to 0.25.
    assert 1.2 < sizes.mean() < 1.5
    assert 0.23 < (np.diff(trades["ts_event"].astype("i8")) == 0).mean() < 0.27
    assert trades["price"].max() - trades["price"].min() <= 2 * 800 * 250_000_000


def test_the_day_reads_back_from_its_tape(tmp_path):
    trades = day_of_trades(2_000)
    write_day(tmp_path / "day.dbn.zst", trades)
    tape = read_dbn(tmp_path / "day.dbn.zst")
    assert np.concatenate([batch.records for batch in tape]).tobytes() == trades.tobytes()
    assert SYMBOL in tape.metadata.mappings


def test_every_study_runs_over_the_day():
    assert study([Batch(Schema.TRADES, day_of_trades(5_000))], SYMBOL, INSTRUMENT_ID) > 5_000


def test_the_message_of_every_window_comes_to_the_client_and_is_timed(tmp_path):
    run = run_latency(tmp_path, seconds=2)
    assert run.missed == 0
    assert len(run.latencies_ms) == 2 * WINDOWS_A_SECOND - 1
    assert 0 < run.latencies_ms.min() < run.latencies_ms.max() < 10_000
    assert "server" in run.used
