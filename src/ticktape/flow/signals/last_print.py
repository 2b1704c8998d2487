"""The price of the last print at or before a time."""

from __future__ import annotations

import numpy as np

from ticktape.flow.signals.last_print_kernels import find_last_prints
from ticktape.ops.kernels import kernel_input
from ticktape.tape.layouts import UNDEF_PRICE


class LastPrint:
    """Remembers the last print of the batches so far.

    Times that are asked for never lie before the batches that were remembered.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget it."""
        self.price = UNDEF_PRICE
        self.ts_ns = 0

    def at(self, prints: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Look prices up.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``: those that came after the ones remembered.
        times : numpy.ndarray
            ``i8``, nanoseconds; they never fall.

        Returns
        -------
        tuple of numpy.ndarray
            For each time the price of the last print at or before it, and that print's time;
            ``UNDEF_PRICE`` and 0 where there is none.
        """
        prices = np.full(len(times), self.price, np.int64)
        stamps = np.full(len(times), self.ts_ns, np.int64)
        find_last_prints(kernel_input(prints), kernel_input(times), prices, stamps)
        return prices, stamps

    def remember(self, prints: np.ndarray) -> None:
        """Remember the last of these prints."""
        if len(prints):
            self.price = int(prints["price"][-1])
            self.ts_ns = int(prints["ts_event"][-1])
