"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_TAPES = Path(os.environ.get("TICKTAPE_TAPES", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def real_tape():
    """Give the path of a real tape by file name; skip, saying so, where it is absent."""

    def path_of(name: str) -> Path:
        path = _TAPES / name
        if not path.exists():
            pytest.skip(f"real tape {name} is not here ({_TAPES}); set TICKTAPE_TAPES")
        return path

    return path_of
