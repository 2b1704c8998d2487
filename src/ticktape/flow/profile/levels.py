"""What levels of volume tell: the point of control, the value area, the nodes; and their sum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ticktape.flow.profile.profile_kernels import read_value_area
from ticktape.flow.profile.rows import PROFILE_LEVEL
from ticktape.flow.profile.settings import ProfileSettings
from ticktape.ops.kernels import kernel_input


class ProfileSummary(NamedTuple):
    """The point of control and the value area of a profile.

    Attributes
    ----------
    poc, vah, val : int
        Prices in 1e-9: where most was traded (the highest of equal ones), and the bounds of the
        value area, both inside.
    value_area_volume, total : int
        Volume with a side in the value area, and in all.
    """

    poc: int
    vah: int
    val: int
    value_area_volume: int
    total: int


class Nodes(NamedTuple):
    """Prices of the high-volume and of the low-volume nodes, lowest first, ``i8`` in 1e-9."""

    high: np.ndarray
    low: np.ndarray


def summary_of(levels: np.ndarray, value_area_percent: int = 70) -> ProfileSummary | None:
    """Give the point of control and the value area of levels.

    Parameters
    ----------
    levels : numpy.ndarray
        ``PROFILE_LEVEL``, lowest price first.
    value_area_percent : int
        Share of the volume with a side that the value area holds, at least.

    Returns
    -------
    ProfileSummary or None
        None where no trade had a side.
    """
    volumes = levels["buy"] + levels["sell"]
    total = int(volumes.sum())
    if total == 0:
        return None
    poc = len(volumes) - 1 - int(np.argmax(volumes[::-1]))
    found = np.zeros(3, "i8")
    read_value_area(kernel_input(levels), poc, total, value_area_percent, found)
    prices = levels["price"]
    return ProfileSummary(
        int(prices[poc]), int(prices[found[1]]), int(prices[found[0]]), int(found[2]), total
    )


def nodes_of(levels: np.ndarray, tick: int, settings: ProfileSettings | None = None) -> Nodes:
    """Give the nodes of levels: where volume was accepted, and where price ran through.

    The volume of a price is that of it and of ``smooth_ticks`` ticks to either side, all prices
    from the lowest to the highest with a trade included. A high-volume node has the most of all
    within ``node_reach_ticks`` (the highest of equal ones) and at least ``high_node_percent`` of
    the average; a low-volume node the least, at most ``low_node_percent`` of it, and at least the
    average both somewhere below and somewhere above: the thin ends of a profile are none.

    Parameters
    ----------
    levels : numpy.ndarray
        ``PROFILE_LEVEL``, lowest price first; unsided volume does not count.
    tick : int
        Price step in 1e-9.
    settings : ProfileSettings, optional
        The defaults by default.

    Returns
    -------
    Nodes
        Prices in 1e-9.
    """
    settings = settings or ProfileSettings()
    levels = levels[levels["buy"] + levels["sell"] > 0]
    if not len(levels):
        return Nodes(np.empty(0, "i8"), np.empty(0, "i8"))
    lowest = int(levels["price"][0])
    places = (levels["price"] - lowest) // tick
    span = int(places[-1]) + 1
    volumes = np.zeros(span, "i8")
    volumes[places] = levels["buy"] + levels["sell"]
    smooth = _sums_around(volumes, settings.smooth_ticks)
    # Compared as integers: volume of a price times the span against a share of the total.
    scaled, total = smooth * (100 * span), int(smooth.sum())
    high = (scaled >= settings.high_node_percent * total) & _is_peak(
        smooth, settings.node_reach_ticks
    )
    low = (scaled <= settings.low_node_percent * total) & _is_peak(
        -smooth, settings.node_reach_ticks
    )
    accepted = np.flatnonzero(smooth * span >= total)
    low[: accepted[0]] = False
    low[accepted[-1] :] = False
    return Nodes(lowest + np.flatnonzero(high) * tick, lowest + np.flatnonzero(low) * tick)


def merge_levels(profiles: Iterable[np.ndarray]) -> np.ndarray:
    """Give the composite of several profiles.

    Parameters
    ----------
    profiles : iterable of numpy.ndarray
        Each ``PROFILE_LEVEL``.

    Returns
    -------
    numpy.ndarray
        ``PROFILE_LEVEL``, lowest price first: at each price the sums of all.
    """
    every = np.concatenate([np.empty(0, PROFILE_LEVEL), *profiles])
    prices, places = np.unique(every["price"], return_inverse=True)
    merged = np.zeros(len(prices), PROFILE_LEVEL)
    merged["price"] = prices
    for name in ("buy", "sell", "unsided"):
        np.add.at(merged[name], places, every[name])
    return merged


def _sums_around(volumes: np.ndarray, reach: int) -> np.ndarray:
    sums = np.concatenate([np.zeros(1, "i8"), np.cumsum(volumes)])
    places = np.arange(len(volumes))
    last = np.minimum(places + reach + 1, len(volumes))
    found: np.ndarray = sums[last] - sums[np.maximum(places - reach, 0)]
    return found


def _is_peak(values: np.ndarray, reach: int) -> np.ndarray:
    """Tell which values are above all of the next `reach`, and not below any of those before."""
    least = np.full(reach, np.iinfo("i8").min)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.concatenate([least, values, least]), reach
    )
    # The window before the place, and the one after it.
    before, after = windows[: len(values)].max(1), windows[reach + 1 :].max(1)
    found: np.ndarray = (values > after) & (values >= before)
    return found
