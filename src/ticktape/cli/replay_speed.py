"""The option ``--speed`` of a replay."""

from __future__ import annotations

from ticktape.cli.usage import WrongUsageError


def read_speed(text: str) -> float | None:
    """Read the speed of a replay; None for as fast as it goes.

    Raises
    ------
    WrongUsageError
        If it is no number above zero, and not ``max``.
    """
    if text.lower() == "max":
        return None
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise WrongUsageError(
            f"speed {text!r} is no speed", hint="give a number, 10 is tenfold, or max"
        )
    return speed
