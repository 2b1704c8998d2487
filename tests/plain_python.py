"""Programs run by compiled kernels and by plain Python: both must say the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any


def printed_json(program: str, *, compiled: bool) -> Any:
    """Run a program in a process of its own, any warning an error; give the JSON it prints."""
    environment = os.environ | {
        "NUMBA_DISABLE_JIT": "0" if compiled else "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-W", "error", "-c", program]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def assert_same_without_compilation(program: str) -> None:
    """Hold compiled kernels to the same functions as Python runs them."""
    assert printed_json(program, compiled=True) == printed_json(program, compiled=False)
