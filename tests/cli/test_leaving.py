"""The end of a command that served: in time, whatever is left to do."""

import subprocess
import sys
import time

HELD_UP = """
import sys, time
from ticktape.cli.leaving import leave_within

leave_within(0.3)
print("asked to stop", flush=True)
{held_by}
"""


def ended(held_by):
    process = subprocess.Popen(
        [sys.executable, "-c", HELD_UP.format(held_by=held_by)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "asked to stop\n"
    began = time.monotonic()
    _, errors = process.communicate(timeout=30)
    return process.returncode, time.monotonic() - began, errors


def test_what_does_not_come_to_its_end_is_ended():
    """Also a process whose main thread never rests."""
    for held_by in ("time.sleep(60)", "while True: pass"):
        status, seconds, errors = ended(held_by)
        assert status == 1
        assert seconds < 5
        assert "ended all the same" in errors


def test_who_is_done_before_ends_with_its_own_status():
    status, _, errors = ended("sys.exit(3)")
    assert (status, errors) == (3, "")
