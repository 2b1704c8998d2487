"""What a process used of the machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ticktape.bench.cpu import CpuShares, cpu_seconds

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")


def test_a_process_that_works_is_told_from_one_that_waits():
    shares = CpuShares({"this": os.getpid(), "first": os.getppid()})
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass
    cores = shares.cores()
    assert cores["this"] > cores["first"]
    assert shares.told().startswith("this ")


def test_a_process_that_is_gone_has_no_time():
    assert cpu_seconds(2**30) is None
