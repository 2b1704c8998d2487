"""The Databento API key: where it comes from, and a wrapper that never shows it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ticktape.tape.errors import AuthenticationError

KEY_VARIABLE: Final = "DATABENTO_API_KEY"


class ApiKey:
    """A key that prints as stars, so that no log and no traceback can show it.

    Parameters
    ----------
    value : str
        The key itself.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the key itself, for the vendor's client alone."""
        return self._value

    def __repr__(self) -> str:
        return "ApiKey(****)"


def find_key(key: str | ApiKey | None = None, env_file: Path | str = ".env") -> ApiKey:
    """Give the key of the caller, else that of the environment, else that of a ``.env`` file.

    Parameters
    ----------
    key : str, ApiKey or None
        The caller's own.
    env_file : path
        A file of ``NAME=value`` lines; may be absent.

    Raises
    ------
    AuthenticationError
        There is no key.
    """
    if isinstance(key, ApiKey):
        return key
    found = key or os.environ.get(KEY_VARIABLE) or _read_env_file(Path(env_file))
    if not found or found.isspace():
        raise AuthenticationError(
            "There is no Databento API key",
            hint=f"set {KEY_VARIABLE} in the environment or in a .env file (a gateway of your own "
            "without --key takes any 32 characters)",
        )
    return ApiKey(found.strip())


def _read_env_file(path: Path) -> str | None:
    if not path.is_file():
        return None
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.strip().removeprefix("export ").partition("=")
        if name.strip() == KEY_VARIABLE:
            return value.strip().strip("'\"")
    return None
