"""The measurement of the page's frames: that it measures, not how fast this machine is."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from benchmarks.measured_page import frame_figures, joined, slope_per_minute
from tests.browser.conftest import BUILT, ROOT


def test_frames_are_counted_by_their_times():
    stamps = [i * 1000 / 60 for i in range(600)]
    whole = frame_figures(stamps)
    assert whole["fps_mean"] == pytest.approx(60)
    assert whole["frames_dropped"] == 0
    late = frame_figures([stamp + 100 * (stamp > 5_000) for stamp in stamps])
    assert late["frames_dropped"] == 6
    assert late["frame_ms_most"] == pytest.approx(100 + 1000 / 60)


def test_what_lies_between_two_stretches_is_no_frame():
    stamps = [i * 1000 / 60 for i in range(300)]
    stretches = [*stamps, *(stamp + 60_000 for stamp in stamps)]
    assert joined(stretches, [0, 300])["frames_dropped"] == 0


def test_growth_is_that_of_the_later_half():
    heap = [(60.0 * i, 20.0 + min(i, 6) * 2) for i in range(11)]
    assert slope_per_minute(heap) == pytest.approx(0)
    growing = [(60.0 * i, 20.0 + i + (-1) ** i) for i in range(40)]
    assert slope_per_minute(growing) == pytest.approx(1, abs=0.05)


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_it_measures_the_page(browser, tmp_path):
    if not BUILT.exists():
        pytest.skip("the page is not built: make run builds it")
    out = tmp_path / "frames.json"
    command = [sys.executable, ROOT / "benchmarks" / "viewer_frames.py", "--out", out]
    options = ["--minutes", "0.15", "--settle", "1", "--rate", "2000", "--bare", "3"]
    subprocess.run([*command, *options], check=True, capture_output=True, timeout=390)
    found = json.loads(out.read_text())
    assert found["frames"]["fps_mean"] > 1
    assert found["records_per_s"] > 500
    assert len(found["heap_mb"]) >= 3
    assert all(megabytes > 1 for _, megabytes in found["heap_mb"])
    assert found["renderer"]
    assert all(frames["fps_mean"] > 1 for frames in found["bare"].values())
