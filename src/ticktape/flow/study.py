"""What every study of one instrument's prints is."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ticktape.tape.session import Session


class Study(Protocol):
    """A study of one instrument."""

    @property
    def rows(self) -> np.dtype:
        """What it emits, documented field by field where it is declared."""
        ...

    def begin(self, session: Session) -> None:
        """Begin a session: what counts from the open of one starts over, the rest goes on.

        Called before the first print of the session, after ``update`` has been called with the
        clock at its open, so that all that ended before it has closed.
        """
        ...

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take prints, and give the rows that they and the clock close.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``, of ``PrintStream.take``: times never fall.
        clock_ns : int
            ``PrintStream.clock_ns`` after these prints: what ends at it, or before it, closes.

        Returns
        -------
        numpy.ndarray
            dtype ``rows``; the same for any cutting of the stream into batches. Nothing is in
            their padding: equal rows have equal bytes.
        """
        ...

    def current(self) -> np.ndarray:
        """Give the rows that are still open."""
        ...

    def reset(self) -> None:
        """Forget everything."""
        ...
