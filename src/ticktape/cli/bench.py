"""``ticktape bench``: this machine's figures, as a table or as JSON."""

from __future__ import annotations


def bench() -> None:
    """Measure this machine's figures."""
