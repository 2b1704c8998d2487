"""A bar as it grows: what whoever looks after every print gets to see."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from tests.flow.session.print_samples import MINUTE, SECOND, prints_of

from ticktape.flow.session import BarKind, BarsSettings, SessionBars
from ticktape.tape.session import Session

OPEN = 1_000 * SECOND
CLOSE = OPEN + 10 * MINUTE
SESSION = Session(0, OPEN, CLOSE, CLOSE, CLOSE)


def bars(kind, every):
    made = SessionBars(BarsSettings(kind, every), 1)
    made.begin(SESSION)
    return made


def prints_at(*prices):
    return prints_of(*((OPEN + n * SECOND, price, 1, "B") for n, price in enumerate(prices)))


def looks(study, prints):
    """After each print: the bar it is in, and whether that is closed."""
    for n in range(len(prints)):
        closed = study.update(prints[n : n + 1], int(prints["ts_event"][n]))
        rows = np.concatenate([closed, study.current()])
        assert len(rows) == 1
        yield rows[0], len(closed) == 1


def test_three_ticks_of_two_tick_bars_are_seen_as_1_2_closed_and_1():
    seen = [
        (int(bar["trades"]), closed)
        for bar, closed in looks(bars(BarKind.TICK, 2), prints_at(5, 6, 7))
    ]
    assert seen == [(1, False), (2, True), (1, False)]


def test_a_bar_that_grows_has_the_prices_of_its_prints_so_far():
    found = looks(bars(BarKind.TICK, 3), prints_at(5, 9, 4, 6))
    seen = [tuple(map(int, bar[["open", "high", "low", "close", "volume"]])) for bar, _ in found]
    assert seen == [(5, 5, 5, 5, 1), (5, 9, 5, 9, 2), (5, 9, 4, 4, 3), (6, 6, 6, 6, 1)]


@pytest.mark.parametrize("at_once", [1, 2, 3, 4])
def test_a_three_tick_bar_closes_on_its_third_tick_live_and_from_a_file(at_once):
    prints = prints_at(5, 6, 7, 8)
    study = bars(BarKind.TICK, 3)
    closed, closed_after = [], []
    for start in range(0, len(prints), at_once):
        piece = prints[start : start + at_once]
        rows = study.update(piece, int(piece["ts_event"][-1]))
        closed.extend(rows["trades"].tolist())
        closed_after.extend([start + len(piece)] * len(rows))
        # It is told with the piece that holds the third tick, not with the fourth.
        assert bool(len(rows)) == (start < 3 <= start + len(piece))
    assert closed == [3]
    assert study.current()["trades"].tolist() == [1]
    assert closed_after[0] - 3 < at_once


def test_the_close_of_a_growing_bar_moves_where_the_price_does():
    prints = prints_at(50_000, 50_000, 50_100, 50_100, 50_200)
    study = bars(BarKind.TIME, MINUTE)
    closes = [int(bar["close"]) for bar, _ in looks(study, prints)]
    assert [price for price, _ in groupby(closes)] == [50_000, 50_100, 50_200]
    assert study.current()["trades"].tolist() == [5]
