"""Windows: who was the aggressor in each second, and does it matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.aggression.tape import (
    NQ_DAYS,
    OPEN,
    SECOND,
    TICK,
    by_session,
    drawn_prints,
    drawn_sessions,
    evening,
    hand_on,
    nq_evening,
    plain,
    prints,
    session,
)
from tests.flow.aggression.windows_oracle import window_rows

from ticktape.flow.aggression import WINDOW, Windows, WindowSettings, count_windows
from ticktape.flow.gather import ROOM
from ticktape.flow.prints import PRINT
from ticktape.tape.errors import BadValueError

AFTER = OPEN + 3600 * SECOND

SETTINGS = st.builds(
    WindowSettings,
    length_ns=st.sampled_from([SECOND, 3 * SECOND, SECOND // 4]),
    min_size_contracts=st.sampled_from([1, 1, 8]),
    significance=st.sampled_from(["adaptive", "fixed"]),
    imbalance_percent=st.sampled_from([0.0, 15.0, 33.3333]),
    percentile=st.sampled_from([0.5, 50.0, 90.0, 100.0]),
    tiers_contracts=st.sampled_from([(10, 50, 100, 200), (), (1, 2)]),
)


@settings(deadline=None)
@given(drawn_prints(), drawn_sessions(), SETTINGS, st.lists(st.integers(0, 60), max_size=6))
def test_windows_are_those_of_the_oracle_however_prints_are_cut(made, sessions, chosen, cuts):
    expected = [
        row for one, its in by_session(made, sessions) for row in window_rows(its, one, chosen)
    ]
    rows = hand_on(Windows(chosen), made, sessions, cuts)
    assert rows.dtype == WINDOW
    assert plain(rows) == expected


@settings(deadline=None)
@given(drawn_prints(st.sampled_from([1, 2**32 - 1, 3_000_000_019])))
def test_no_sum_of_large_sizes_far_from_the_first_price_overflows(made):
    made["price"] *= 40_000
    chosen = WindowSettings()
    rows = hand_on(Windows(chosen), made, [session()])
    fields = ["start_ns", "price", "vwap", "size", "buy_volume", "sell_volume", "unsided_volume"]
    expected = np.array(window_rows(made, session(), chosen), WINDOW)
    assert rows[fields].tolist() == expected[fields].tolist()


def test_the_dominant_side_has_its_own_mean_price():
    study = Windows()
    study.begin(session())
    made = prints((0.1, 100, 3, "B"), (0.2, 104, 1, "B"), (0.3, 90, 3, "A"), (0.9, 80, 9, "N"))
    (row,) = study.update(made, AFTER)
    assert row["price"] == 101 * TICK
    assert (chr(row["side"]), row["size"], row["unsided_volume"]) == ("B", 4, 9)
    assert row["imbalance"] == pytest.approx(1 / 7)
    assert not row["is_imbalanced"]


def test_a_balanced_window_has_no_side():
    study = Windows()
    (row,) = study.update(prints((0, 100, 2, "B"), (0, 102, 2, "A")), AFTER)
    assert (chr(row["side"]), row["size"], row["price"]) == ("N", 2, 101 * TICK)
    assert [row["is_imbalanced"], row["is_outstanding"]] == [False, False]


def test_prints_without_a_side_are_volume_and_no_window_of_the_count():
    study = Windows()
    rows = study.update(prints((0, 100, 5, "N"), (1, 100, 5, "B")), AFTER)
    assert rows["unsided_volume"].tolist() == [5, 0]
    assert rows["size"].tolist() == [0, 5]
    assert count_windows(rows).count == 1


def test_exactly_the_fixed_share_is_not_above_it():
    study = Windows(WindowSettings(significance="fixed"))
    made = prints((0, 1, 23, "B"), (0, 1, 17, "A"), (1, 1, 24, "A"), (1, 1, 17, "B"))
    assert study.update(made, AFTER)["is_significant"].tolist() == [False, True]


def test_a_window_stands_out_among_those_of_its_session_so_far():
    study = Windows(WindowSettings(percentile=50))
    study.begin(session())
    made = prints(*[(at, 1, size, "B") for at, size in enumerate([5, 9, 1, 5, 4])])
    rows = study.update(made, AFTER)
    assert rows["threshold"].tolist() == [5, 5, 5, 5, 5]
    assert rows["is_significant"].tolist() == [True, True, False, True, False]
    study.begin(session(7200))
    (row,) = study.update(prints((7200, 1, 1, "A")), 2**62)
    assert row["is_significant"]
    assert row["threshold"] == 1


def test_a_window_closes_with_the_clock_and_is_shown_before():
    study = Windows()
    study.begin(session())
    assert len(study.update(prints((0.5, 1, 2, "B")), OPEN + SECOND // 2)) == 0
    shown = study.current()
    assert study.current().tolist() == shown.tolist()
    assert len(study.update(prints(), OPEN + SECOND - 1)) == 0
    assert study.update(prints(), OPEN + SECOND).tolist() == shown.tolist()
    assert len(study.current()) == 0
    study.update(prints((2, 1, 2, "B")), OPEN + 2 * SECOND)
    study.reset()
    assert len(study.current()) == 0


def test_more_windows_than_there_is_room_for_all_close():
    made = np.zeros(2 * ROOM + 5, PRINT)
    made["ts_event"] = OPEN + np.arange(len(made)) * SECOND
    made["size"], made["side"] = 1, ord("B")
    rows = Windows().update(made, 2**62)
    assert np.array_equal(rows["start_ns"], made["ts_event"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"length_ns": 0},
        {"min_size_contracts": 0},
        {"significance": "loud"},
        {"imbalance_percent": 101.0},
        {"percentile": 0.0},
        {"percentile": float("nan")},
        {"tiers_contracts": (5, 5)},
        {"tiers_contracts": tuple(range(1, 99))},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(BadValueError, match=next(iter(wrong))):
        WindowSettings(**wrong)


# Counted by an independent program: prints with a side, by the second, and the fixed 15 %.
def test_windows_of_a_real_evening(real_tape):
    made = nq_evening(real_tape, "20251123")
    study = Windows()
    study.begin(evening(made))
    counts = count_windows(study.update(made, 2**62))
    assert (counts.count, counts.significant) == (2_022, 1_832)
    assert (counts.buy_dominant, counts.balanced) == (942, 158)


@pytest.mark.parametrize("day", NQ_DAYS)
def test_real_evenings_are_those_of_the_oracle_however_they_are_cut(real_tape, day):
    made = nq_evening(real_tape, day)
    its = evening(made)
    cuts = np.random.default_rng(1).integers(0, len(made), 40)
    rows = hand_on(Windows(), made, [its], cuts)
    assert plain(rows) == window_rows(made, its, WindowSettings())
    assert (rows["buy_volume"] + rows["sell_volume"] + rows["unsided_volume"]).sum() == made[
        "size"
    ].sum()
    share = rows["is_significant"].mean()
    assert 0.05 < share < 0.15
