"""Which prints of an instrument are studied: a span of time, regular or other hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from ticktape.flow.joined_rows import join_rows
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError
from ticktape.tape.session import Session

Part = Literal["all", "rth", "eth"]
PARTS: Final[tuple[Part, ...]] = ("all", "rth", "eth")


@dataclass(frozen=True)
class PrintHours:
    """A span of time, and a part of each session.

    Attributes
    ----------
    start_ns : int
        First nanosecond.
    end_ns : int or None
        The one after the last; None where there is no end.
    part : str
        ``"rth"``: regular trading hours alone; ``"eth"``: all but those, the extended hours;
        ``"all"``: both.
    """

    start_ns: int = 0
    end_ns: int | None = None
    part: Part = "all"

    def __post_init__(self) -> None:
        """Refuse a span without a time in it, and parts that there are not."""
        if self.end_ns is not None and self.end_ns <= self.start_ns:
            raise BadValueError("the end is not after the start", hint="give a later --end")
        if self.part not in PARTS:
            raise BadValueError(
                f"a session has no part {self.part!r}", hint=f"give {' or '.join(PARTS[1:])}"
            )

    def clock(self, clock_ns: int) -> int:
        """Give the clock as the studies see it: it stands still at the end."""
        return clock_ns if self.end_ns is None else min(clock_ns, self.end_ns)

    def take(self, prints: np.ndarray, session: Session) -> np.ndarray:
        """Take the prints that are studied.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``, of one session: times never fall.
        session : Session
            The session.

        Returns
        -------
        numpy.ndarray
            dtype ``PRINT``, read-only.
        """
        return kernel_input(self.select(prints, prints["ts_event"], session))

    def select(self, rows: np.ndarray, times: np.ndarray, session: Session) -> np.ndarray:
        """Take the rows of which the times are studied.

        Parameters
        ----------
        rows : numpy.ndarray
            Of one session.
        times : numpy.ndarray
            ``i8``, of each row, in nanoseconds; they never fall.
        session : Session
            The session.

        Returns
        -------
        numpy.ndarray
            Of the dtype of `rows`: `rows` themselves, where all are.
        """
        if self.start_ns or self.end_ns is not None:
            first = int(times.searchsorted(self.start_ns))
            last = len(rows) if self.end_ns is None else int(times.searchsorted(self.end_ns))
            rows, times = rows[first:last], times[first:last]
        if self.part == "all":
            return rows
        regular = session.regular_open_ns, session.regular_close_ns
        first, last = times.searchsorted(regular).tolist()
        if self.part == "rth":
            return rows[first:last]
        return rows if first == last else join_rows([rows[:first], rows[last:]], rows.dtype)
