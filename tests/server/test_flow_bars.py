"""Lengths of footprint bars, as clients of the flow stream ask for them."""

import pytest

from ticktape.flow.profile.settings import FootprintSettings
from ticktape.server.flow_bars import read_every
from ticktape.tape.errors import BadValueError

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "set_to"),
    [
        ("15s", {"every_ns": 15 * SECOND}),
        ("1d", {"every_ns": 86_400 * SECOND}),
        ("500t", {"bar_prints": 500}),
        ("1000v", {"bar_contracts": 1_000}),
        ("8r", {"bar_ticks": 8}),
        ("500delta", {"bar_delta_contracts": 500}),
        # No bar is longer than a day.
        ("500d", {"bar_delta_contracts": 500}),
    ],
)
def test_a_length_is_of_time_or_of_what_fills_a_bar(text, set_to):
    others = FootprintSettings(every_ns=0, bar_prints=7, imbalance_contracts=9)
    wanted = {"every_ns": 0, "imbalance_contracts": 9, "kept_bars": 500} | set_to
    assert read_every(text, others) == FootprintSettings(**wanted)


@pytest.mark.parametrize("text", ["", "0s", "1", "5x", "25h", "1w", "8ticks", "-5m", "1.5m"])
def test_nothing_else_is_one(text):
    with pytest.raises(BadValueError):
        read_every(text)
