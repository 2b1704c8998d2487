"""What every study of one instrument's prints is."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Study(Protocol):
    """A study of one instrument.

    Attributes
    ----------
    rows : numpy.dtype
        What it emits, documented field by field where it is declared.
    """

    rows: np.dtype

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
            dtype ``rows``; the same for any cutting of the stream into batches.
        """
        ...

    def current(self) -> np.ndarray:
        """Give the rows that are still open."""
        ...

    def reset(self) -> None:
        """Start over."""
        ...
