"""``ticktape warm-up``: every kernel compiled up front, so that no later command has to wait."""

from __future__ import annotations


def warm_up() -> None:
    """Compile every kernel for this machine."""
