"""What a command costs, measured from outside of it."""

from __future__ import annotations

import subprocess

import pytest

from ticktape.bench.processes import cost_of, running


def test_a_command_costs_time_and_memory():
    cost = cost_of("--version")
    assert 0 < cost.seconds < 60
    assert 1e6 < cost.peak_bytes < 300e6


def test_the_size_of_the_measuring_process_does_not_count():
    ballast = bytearray(400_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    assert cost_of("--version").peak_bytes < 300e6


def test_a_command_that_fails_is_not_a_figure():
    with pytest.raises(subprocess.CalledProcessError):
        cost_of("no-such-command")


def test_a_running_command_is_ended_with_its_block():
    with running("--version") as process:
        pass
    assert process.returncode is not None
