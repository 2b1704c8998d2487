"""Low-volume nodes: the buckets of prices inside a leg in which hardly anything was traded."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer
from ticktape.ops.kernels import kernel, lean_kernel


class NodeRules(NamedTuple):
    """What a bucket is, and when it is thin.

    Attributes
    ----------
    bucket : int
        Its width, 1e-9.
    percent : int
        Of the average volume of the leg's traded buckets: it is thin with less.
    """

    bucket: int
    percent: int


@lean_kernel
def first_from(levels: np.ndarray, start_ns: Integer) -> int:
    """Give the place of the first level of a bar that began at a time or later."""
    low = 0
    high = len(levels)
    while low < high:
        middle = (low + high) // 2
        if levels[middle]["start_ns"] < start_ns:
            low = middle + 1
        else:
            high = middle
    return low


@lean_kernel
def span_of(
    levels: np.ndarray, first: int, end: int, width: int, lowest: Integer, highest: Integer
) -> tuple[Integer, Integer]:
    """Widen a span of buckets to those of the levels from `first` to `end`."""
    for place in range(first, end):
        bucket = levels[place]["price"] // width
        lowest = min(lowest, bucket)
        highest = max(highest, bucket)
    return lowest, highest


@lean_kernel
def add_volumes(
    levels: np.ndarray, first: int, end: int, width: int, lowest: Integer, volumes: np.ndarray
) -> None:
    """Add what was bought and sold at the levels from `first` to `end` to their buckets."""
    for place in range(first, end):
        level = levels[place]
        volumes[level["price"] // width - lowest] += level["bid"] + level["ask"]


@kernel
def find_nodes(
    legs: np.ndarray, before: np.ndarray, levels: np.ndarray, rules: NodeRules, nodes: np.ndarray
) -> int:
    """Write the nodes of legs, lowest price first, and into each leg how many; give the count.

    The levels of the legs' bars are those `before` and then `levels`, both in the order of their
    bars. A leg has room for as many nodes as it has levels.
    """
    width = rules.bucket
    filled = 0
    for leg in range(len(legs)):
        start_ns = legs[leg]["start_ns"]
        end_ns = legs[leg]["end_ns"]
        old = first_from(before, start_ns), first_from(before, end_ns)
        new = first_from(levels, start_ns), first_from(levels, end_ns)
        lowest = np.int64(2**62)
        highest = -lowest
        lowest, highest = span_of(before, old[0], old[1], width, lowest, highest)
        lowest, highest = span_of(levels, new[0], new[1], width, lowest, highest)
        volumes = np.zeros(max(highest - lowest + 1, 0), np.int64)
        add_volumes(before, old[0], old[1], width, lowest, volumes)
        add_volumes(levels, new[0], new[1], width, lowest, volumes)
        traded = 0
        total = np.int64(0)
        for volume in volumes:
            traded += volume > 0
            total += volume
        count = 0
        for place in range(len(volumes)):
            volume = volumes[place]
            if volume > 0 and volume * traded * 100 < total * rules.percent:
                node = nodes[filled + count]
                node["start_ns"] = start_ns
                node["price_from"] = (lowest + place) * width
                node["price_to"] = (lowest + place + 1) * width
                node["volume"] = volume
                count += 1
        legs[leg]["nodes"] = count
        filled += count
    return filled
