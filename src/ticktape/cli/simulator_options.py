"""What the options of the simulated exchange may be, told before anything is started."""

from __future__ import annotations

from typing import Final

from ticktape.cli.usage import WrongUsageError, wrong_usage
from ticktape.tape.times import NS_PER_SECOND

_LONGEST_PRE_OPEN_SECONDS: Final = 86_400


def check_rate(rate: float) -> float:
    """Take a rate of the simulated exchange.

    Raises
    ------
    WrongUsageError
        If it is out of its range.
    """
    from ticktape.feeds.simulator.exchange import require_rate  # noqa: PLC0415 -- compiled kernels

    with wrong_usage():
        require_rate(rate)
    return rate


def pre_open_ns(seconds: float) -> int:
    """Give the length of a pre-open of the simulated exchange.

    Raises
    ------
    WrongUsageError
        If it is none, or longer than a day.
    """
    if not 0 <= seconds <= _LONGEST_PRE_OPEN_SECONDS:
        raise WrongUsageError(
            f"a pre-open of {seconds:g} s is no pre-open",
            hint=f"give 0 to {_LONGEST_PRE_OPEN_SECONDS} seconds",
        )
    return int(seconds * NS_PER_SECOND)
