"""What the settings of these studies may be."""

from __future__ import annotations

from typing import Final

from ticktape.tape.errors import BadValueError

MOST_TIERS: Final = 16

_MILLIONTHS_OF_A_PERCENT: Final = 10_000


def at_least(name: str, value: int, least: int) -> None:
    """Refuse a setting that is less than it can be.

    Raises
    ------
    BadValueError
        Naming the setting, the value and the least.
    """
    if value < least:
        raise BadValueError(f"{name} cannot be {value}", hint=f"give {least} or more")


def rising(name: str, values: tuple[int, ...], most: int) -> None:
    """Refuse bounds that do not rise from 1 on, or that are too many.

    Raises
    ------
    BadValueError
        Naming the setting and the values.
    """
    steps = zip((0, *values), values, strict=False)
    if len(values) > most or not all(low < high for low, high in steps):
        raise BadValueError(
            f"{name} cannot be {values}", hint=f"give at most {most} whole numbers, rising from 1"
        )


def millionths(name: str, percent: float, least: int) -> int:
    """Give a percentage as whole millionths, so that what is compared with it is exact.

    Raises
    ------
    BadValueError
        If it is less than `least` millionths, or more than 100 %.
    """
    if not least <= percent * _MILLIONTHS_OF_A_PERCENT <= 100 * _MILLIONTHS_OF_A_PERCENT:
        raise BadValueError(
            f"{name} cannot be {percent}",
            hint=f"give {'more than 0' if least else '0 or more'}, 100 at most",
        )
    return round(percent * _MILLIONTHS_OF_A_PERCENT)
