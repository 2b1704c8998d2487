"""Whether a log ends because there is no more, or because no more could be read."""

from __future__ import annotations

from ticktape.store.mbo_log import MboLog
from ticktape.store.tape_index import TapeIndex
from ticktape.tape.errors import IncompleteTapeError


def incompleteness(log: MboLog) -> IncompleteTapeError | None:
    """Give the error that a log ends with, where it is a tape that could be read in part only."""
    if not isinstance(log, TapeIndex) or log.error is None:
        return None
    return IncompleteTapeError(
        f"only {log.end_position} records by order could be read: {log.error}",
        hint="mend the tape, or ask for what is before",
    )
