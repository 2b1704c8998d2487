"""Points of the cumulative delta that come with the first update of a session."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ticktape.flow.joined_rows import join_rows


def take_across_open(
    points: np.ndarray,
    opens_ns: int,
    take: Callable[[np.ndarray], np.ndarray],
    start_over: Callable[[], None],
    rows: np.dtype,
) -> np.ndarray:
    """Take the first points after a session's open: those from before it, then the session's own.

    What the delta's own window held back at the open is still of the session before.

    Parameters
    ----------
    points : numpy.ndarray
        dtype ``CVD_POINT``, in the order of time.
    opens_ns : int
        The open.
    take : callable
        Takes points, and gives the rows that they close.
    start_over : callable
        Forgets the session before.
    rows : numpy.dtype
        Of what `take` gives.

    Returns
    -------
    numpy.ndarray
        dtype `rows`, by time.
    """
    first = int(points["start_ns"].searchsorted(opens_ns))
    before = take(points[:first])
    start_over()
    return join_rows([before, take(points[first:])], rows)
