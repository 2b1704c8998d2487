"""Wrong usage: values of options that no tape and no service could make right; exit status 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ticktape.tape.errors import BadValueError


class WrongUsageError(BadValueError):
    """What was typed, or is set, is wrong by itself."""

    exit_status = 2


@contextmanager
def wrong_usage() -> Iterator[None]:
    """Read options within: a value that cannot be understood is wrong usage, not wrong data.

    Raises
    ------
    WrongUsageError
        In place of a BadValueError, in its words.
    """
    try:
        yield
    except BadValueError as error:
        raise WrongUsageError(*error.args, hint=error.hint) from error
