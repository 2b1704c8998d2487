"""The sums of a run of prints, against a count by hand."""

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticktape.flow.prints import PRINT
from ticktape.flow.tally import Tally, vwap_of
from ticktape.ops.kernels import kernel_input

SECOND = 1_000_000_000


def prints_of(rows):
    """Prints from (nanoseconds since the one before, price, size, side)."""
    prints = np.zeros(len(rows), PRINT)
    now = 1_763_938_800 * SECOND
    for at, (after_ns, price, size, side) in enumerate(rows):
        now += after_ns
        prints[at] = (now, price, size, at, ord(side), 0)
    return kernel_input(prints)


def counted(rows):
    """Count as the reference's description of windows and flips says, one print at a time."""
    seconds = defaultdict(lambda: [0, 0])
    now, running = 1_763_938_800 * SECOND, []
    volumes = dict.fromkeys("BAN", 0)
    cvd = 0
    for after_ns, _, size, side in rows:
        now += after_ns
        volumes[side] += size
        cvd += {"B": size, "A": -size, "N": 0}[side]
        running.append(cvd)
        if side != "N":
            seconds[now // SECOND][side == "A"] += size
    deltas = [bought - sold for bought, sold in seconds.values()]
    totals = [bought + sold for bought, sold in seconds.values()]
    signs = [np.sign(value) for value in np.cumsum(deltas) if value]
    return {
        "trades": len(rows),
        "buy_volume": volumes["B"],
        "sell_volume": volumes["A"],
        "unsided_volume": volumes["N"],
        "open": rows[0][1],
        "high": max(row[1] for row in rows),
        "low": min(row[1] for row in rows),
        "close": rows[-1][1],
        "cvd": cvd,
        "cvd_max": max(running),
        "cvd_min": min(running),
        "windows": len(seconds),
        "significant": sum(
            Fraction(abs(delta), total) > Fraction(15, 100)
            for delta, total in zip(deltas, totals, strict=True)
        ),
        "buy_dominant": sum(delta > 0 for delta in deltas),
        "balanced": sum(delta == 0 for delta in deltas),
        "flips": sum(one != other for one, other in pairwise(signs)),
    }


rows_of_prints = st.lists(
    st.tuples(
        st.sampled_from([0, 1, SECOND // 2, SECOND, 3 * SECOND]),
        st.integers(-(2**50), 2**50),
        st.integers(1, 50),
        st.sampled_from("BAN"),
    ),
    min_size=1,
    max_size=40,
)


@settings(deadline=None)
@given(rows_of_prints, st.integers(1, 9))
def test_sums_are_those_of_a_count_by_hand_however_prints_are_cut(rows, cut):
    prints, tally = prints_of(rows), Tally()
    for at in range(0, len(prints), cut):
        tally.update(prints[at : at + cut])
    sums = tally.sums()
    expected = counted(rows)
    assert {name: int(sums[name]) for name in expected} == expected
    turnover = sum(price * size for _, price, size, _ in rows)
    exact = Fraction(turnover, sum(row[2] for row in rows))
    assert abs(Fraction(vwap_of(sums)) - exact) <= Fraction(1, 2)


def test_asking_changes_nothing():
    tally = Tally()
    tally.update(prints_of([(0, 5, 1, "B")]))
    assert tally.sums().tobytes() == tally.sums().tobytes()
    assert int(tally.sums()["windows"]) == 1


def test_large_turnovers_are_exact():
    tally = Tally()
    tally.update(prints_of([(0, 9 * 10**18, 2**32 - 1, "B")] * 1_000))
    assert vwap_of(tally.sums()) == 9 * 10**18


def test_nothing_has_no_average():
    assert vwap_of(Tally().sums()) is None


@pytest.mark.parametrize(("share", "significant"), [(23, 0), (24, 1)])
def test_a_window_is_significant_above_fifteen_percent(share, significant):
    # 23 to 17 of 40 is 15 % exactly.
    tally = Tally()
    tally.update(prints_of([(0, 5, share, "B"), (0, 5, 40 - share, "A")]))
    assert int(tally.sums()["significant"]) == significant
