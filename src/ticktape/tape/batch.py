"""A run of records of one schema: what every part of ticktape hands to the next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ticktape.tape.layouts import Schema


class Batch(NamedTuple):
    """Records of one schema, in the order received.

    Attributes
    ----------
    schema : Schema
        What the records are.
    records : numpy.ndarray
        Shape ``(n,)``, dtype ``LAYOUTS[schema]``, C-contiguous; may be read-only, and is never
        written after it was handed over.
    """

    schema: Schema
    records: np.ndarray
