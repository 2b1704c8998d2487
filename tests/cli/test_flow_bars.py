"""Bars of ``ticktape flow``: of any kind, begun anew at each session."""

import pyarrow.parquet as pq
import pytest

from ticktape.bench.flow import day_of_trades, write_day

COUNT = 20_000


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    path = tmp_path_factory.mktemp("day") / "day.trades.dbn.zst"
    write_day(path, day_of_trades(COUNT))
    return path


@pytest.fixture
def bars(ticktape, day, tmp_path):
    def make(*options):
        wanted = ("flow", day, "--symbol", "NQZ5", "--json", "--out", tmp_path / "rows")
        status, _, err = ticktape(*wanted, *options)
        assert (status, err) == (0, "")
        return pq.read_table(tmp_path / "rows" / "bars.parquet").to_pydict()

    return make


def test_bars_of_a_kind_are_full_but_for_the_last(bars):
    assert set(bars("--bars", "250t")["trades"]) == {250}
    volumes = bars("--bars", "1000v")["volume"]
    assert min(volumes[:-1]) >= 1_000
    found = bars("--bars", "8r")
    spans = [high - low for high, low in zip(found["high"], found["low"], strict=True)]
    assert min(spans[:-1]) >= 8 * 250_000_000
    assert min(map(abs, bars("--bars", "300delta")["delta"][:-1])) >= 300


def test_every_trade_is_in_a_bar_of_any_kind(bars):
    for kind in ("1m", "250t", "1000v", "8r", "300delta"):
        assert sum(bars("--bars", kind)["trades"]) == COUNT


def test_flat_bars_are_made_on_request_alone(bars):
    traded = bars("--bars", "1s")
    flat = bars("--bars", "1s", "--flat")
    assert 0 not in traded["trades"]
    assert flat["trades"].count(0) == len(flat["trades"]) - len(traded["trades"]) > 0


@pytest.mark.parametrize("kind", ["0t", "5 apples", "-1m", ""])
def test_bars_that_cannot_be_are_one_clear_line(ticktape, day, kind):
    status, out, err = ticktape("flow", day, "--bars", kind)
    assert (status, out, err.count("\n"), err[:7]) == (2, "", 1, "error: ")
