"""The loop that the servers run on."""

import asyncio
import sys

import pytest

from ticktape.ops.event_loop import run_until_done


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop is not there on Windows")
def test_a_program_runs_on_uvloop_and_its_error_reaches_the_caller():
    seen = []

    async def fail():
        seen.append(type(asyncio.get_running_loop()).__module__)
        raise ValueError("told")

    with pytest.raises(ValueError, match="told"):
        run_until_done(fail())
    assert seen == ["uvloop"]
