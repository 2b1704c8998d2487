"""Where settings are read from; light, so that a command that needs none does not wait for them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ENV_PREFIX: Final = "TICKTAPE_"
ENV_FILE: Final = ".env"


def config_file() -> Path:
    """Give the path of the TOML file; it need not exist."""
    return Path(os.environ.get(f"{ENV_PREFIX}CONFIG") or "ticktape.toml")


def may_be_set(setting: str) -> bool:
    """Tell whether a setting may have another value than its default, without reading any."""
    named = f"{ENV_PREFIX}{setting}".casefold()
    return (
        config_file().exists()
        or Path(ENV_FILE).exists()
        or any(name.casefold() == named for name in os.environ)
    )
