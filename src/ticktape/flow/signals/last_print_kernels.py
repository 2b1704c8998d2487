"""The last print at or before a time."""

from __future__ import annotations

import numpy as np

from ticktape.ops.kernels import lean_kernel


@lean_kernel
def find_last_prints(
    prints: np.ndarray, times: np.ndarray, prices: np.ndarray, stamps: np.ndarray
) -> None:
    """Write price and time of the last print at or before each time, where there is one.

    `prints` are dtype ``PRINT``; neither their times nor `times` fall. `prices` and `stamps` are
    ``i8``, as long as `times`; what stands there is left where no print is as early.
    """
    low = 0
    for at in range(len(times)):
        # Near where the one before was found: in steps twice as long each time, then by halves.
        step = 1
        while low + step < len(prints) and prints[low + step]["ts_event"] <= times[at]:
            low += step
            step *= 2
        high = min(low + step, len(prints))
        while low < high:
            middle = (low + high) // 2
            if prints[middle]["ts_event"] <= times[at]:
                low = middle + 1
            else:
                high = middle
        if low > 0:
            prices[at] = prints[low - 1]["price"]
            stamps[at] = prints[low - 1]["ts_event"]
