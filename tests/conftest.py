"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from ticktape.ops.event_loop import new_event_loop

_TAPES = Path(os.environ.get("TICKTAPE_TAPES", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def _own_tape_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep unpacked copies of the tests' tapes out of the user's own cache folder."""
    os.environ["TICKTAPE_TAPE_CACHE"] = str(tmp_path_factory.mktemp("tape-cache"))


@pytest.fixture(scope="session", autouse=True)
def _own_signals(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests' signals out of the user's own file."""
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session", autouse=True)
def _loggers_ask_anew() -> Iterator[None]:
    """A logger that keeps what it was first used with would keep it from one test to another."""
    configure = structlog.configure

    def configure_uncached(**options: Any) -> None:
        configure(**options | {"cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", configure_uncached)
        yield


@pytest.fixture(scope="session")
def real_tape():
    """Give the path of a real tape by file name; skip, saying so, where it is absent."""

    def path_of(name: str) -> Path:
        path = _TAPES / name
        if not path.exists():
            pytest.skip(f"real tape {name} is not here ({_TAPES}); set TICKTAPE_TAPES")
        return path

    return path_of


def pytest_asyncio_loop_factories(config, item):
    """Run tests on the loop that the servers run on."""
    return {"servers": new_event_loop}
