"""``--speed``: a number above zero, or max."""

from __future__ import annotations

import pytest

from ticktape.cli.replay_speed import read_speed
from ticktape.tape.errors import BadValueError


@pytest.mark.parametrize(
    ("text", "speed"), [("10", 10.0), ("0.5", 0.5), ("3x", 3.0), ("max", None)]
)
def test_speed_is_a_number_or_max(text, speed):
    assert read_speed(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "fast", ""])
def test_no_other_speed_is_taken(text):
    with pytest.raises(BadValueError):
        read_speed(text)
