"""Footprints: what was sold into the bid and bought at the ask at each price of a bar."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.flow.profile.grid_kernels import (
    BASE,
    CLOSE_NS,
    END_NS,
    EVERY_NS,
    FIRST_OWN,
    HIGH,
    LOW,
    NEVER,
    OPEN_NS,
    OUTSIDE,
    TICK,
    cell_of,
    grid_of,
    window_end,
)
from ticktape.flow.profile.rows import IMBALANCED_BUY, IMBALANCED_SELL
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, UNDEF_PRICE

START_NS: Final = FIRST_OWN
LAST_NS: Final = FIRST_OWN + 1  # of the last print
OPEN: Final = FIRST_OWN + 2
HIGHEST: Final = FIRST_OWN + 3
LOWEST: Final = FIRST_OWN + 4
CLOSE: Final = FIRST_OWN + 5
TRADES: Final = FIRST_OWN + 6
VOLUME: Final = FIRST_OWN + 7
# Volume times what a price has above its tick; 0 where all prices are ticks.
SUM_REST: Final = FIRST_OWN + 8
# The settings.
FULL_PRINTS: Final = FIRST_OWN + 9
FULL_CONTRACTS: Final = FIRST_OWN + 10
LEAST_CONTRACTS: Final = FIRST_OWN + 11
IGNORE_ZEROS: Final = FIRST_OWN + 12
STACKED_TICKS: Final = FIRST_OWN + 13
FULL_TICKS: Final = FIRST_OWN + 14
FULL_DELTA: Final = FIRST_OWN + 15
DELTA: Final = FIRST_OWN + 16  # kept where it fills bars
FOOTPRINT_COUNTS: Final = FIRST_OWN + 17


class FootprintState(NamedTuple):
    """The bar that is open.

    Attributes
    ----------
    cells : numpy.ndarray
        ``CELL``, one a tick.
    inverse : numpy.ndarray
        ``f8[2]``: one by the tick, and the ratio of an imbalance.
    counts : numpy.ndarray
        ``i8``: what ``grid_kernels`` and this file name.
    """

    cells: np.ndarray
    inverse: np.ndarray
    counts: np.ndarray


class ClosedBars(NamedTuple):
    """Room for bars that close: ``FOOTPRINT``, ``FOOTPRINT_LEVEL`` and ``STACK``."""

    bars: np.ndarray
    levels: np.ndarray
    stacks: np.ndarray


# The field's rule: what was bought at a price lifted the offer there, what was sold a tick below
# hit the bid of the same moment; so those two are held against each other, and not the two of one
# price.
@lean_kernel
def is_imbalanced(stronger: Integer, weaker: Integer, counts: np.ndarray, ratio: float) -> bool:
    """Tell whether one side exceeds what it is held against by the ratio."""
    if stronger < counts[LEAST_CONTRACTS]:
        return False
    if weaker == 0:
        return bool(counts[IGNORE_ZEROS] == 0)
    return bool(stronger >= ratio * weaker)


@lean_kernel
def write_stack(
    counts: np.ndarray,
    end_ns: Integer,
    last: Integer,
    run: int,
    excess: Integer,
    side: int,
    row: Row,
) -> None:
    """Write the stack whose highest cell is `last`."""
    row["start_ns"] = counts[START_NS]
    row["end_ns"] = end_ns
    row["close"] = counts[CLOSE]
    row["price_low"] = counts[BASE] + (last - run + 1) * counts[TICK]
    row["price_high"] = counts[BASE] + last * counts[TICK]
    row["excess"] = excess
    row["levels"] = run
    row["side"] = side


@lean_kernel
def write_bar(
    state: FootprintState, end_ns: Integer, out: ClosedBars, bar: int, level: int, stack: int
) -> tuple[int, int]:
    """Write the bar that is open into row `bar`, its levels and stacks from there on.

    Gives the new counts of levels and of stacks. A stack follows those whose highest tick is lower.
    """
    cells, inverse, counts = state
    low = counts[LOW]
    high = counts[HIGH]
    least_run = counts[STACKED_TICKS]
    first_level = level
    first_stack = stack
    poc = -1
    most = 0
    buy_run = 0
    buy_excess = 0
    sell_run = 0
    sell_excess = 0
    all_bought = 0
    all_sold = 0
    sum_ticks = 0
    for cell in range(low, high + 1):
        buy = cells[cell]["buy"]
        sell = cells[cell]["sell"]
        below = cells[cell - 1]["sell"] if cell > low else 0
        above = cells[cell + 1]["buy"] if cell < high else 0
        imbalance = 0
        if is_imbalanced(buy, below, counts, inverse[1]):
            imbalance = IMBALANCED_BUY
            buy_run += 1
            buy_excess += buy - below
        else:
            if buy_run >= least_run:
                write_stack(counts, end_ns, cell - 1, buy_run, buy_excess, 1, out.stacks[stack])
                stack += 1
            buy_run = 0
            buy_excess = 0
        if is_imbalanced(sell, above, counts, inverse[1]):
            imbalance |= IMBALANCED_SELL
            sell_run += 1
            sell_excess += sell - above
        else:
            if sell_run >= least_run:
                write_stack(counts, end_ns, cell - 1, sell_run, sell_excess, -1, out.stacks[stack])
                stack += 1
            sell_run = 0
            sell_excess = 0
        unsided = cells[cell]["unsided"]
        all_bought += buy
        all_sold += sell
        sum_ticks += (buy + sell + unsided) * (cell - low)
        if buy + sell + unsided > 0:
            row = out.levels[level]
            row["start_ns"] = counts[START_NS]
            row["price"] = counts[BASE] + cell * counts[TICK]
            row["bid"] = sell
            row["ask"] = buy
            row["unsided"] = unsided
            row["imbalance"] = imbalance
            level += 1
        if buy + sell > 0 and buy + sell >= most:
            most = buy + sell
            poc = cell
    if buy_run >= least_run:
        write_stack(counts, end_ns, high, buy_run, buy_excess, 1, out.stacks[stack])
        stack += 1
    if sell_run >= least_run:
        write_stack(counts, end_ns, high, sell_run, sell_excess, -1, out.stacks[stack])
        stack += 1
    written = out.bars[bar]
    volume = counts[VOLUME]
    written["start_ns"] = counts[START_NS]
    written["end_ns"] = end_ns
    written["open"] = counts[OPEN]
    written["high"] = counts[HIGHEST]
    written["low"] = counts[LOWEST]
    written["close"] = counts[CLOSE]
    written["volume"] = volume
    written["buy"] = all_bought
    written["sell"] = all_sold
    written["unsided"] = volume - all_bought - all_sold
    written["delta"] = all_bought - all_sold
    # In parts, as volume times price would not fit.
    rest = sum_ticks % volume * counts[TICK] + counts[SUM_REST]
    lowest = counts[BASE] + low * counts[TICK]
    written["vwap"] = lowest + sum_ticks // volume * counts[TICK] + rest // volume
    written["poc"] = UNDEF_PRICE if poc < 0 else counts[BASE] + poc * counts[TICK]
    written["trades"] = counts[TRADES]
    written["levels"] = level - first_level
    written["stacks"] = stack - first_stack
    written["unfinished_high"] = cells[high]["buy"] > 0 and cells[high]["sell"] > 0
    written["unfinished_low"] = cells[low]["buy"] > 0 and cells[low]["sell"] > 0
    return level, stack


@lean_kernel
def close_bar(state: FootprintState) -> None:
    """Empty the cells of the bar, so that the next print opens one."""
    cells, _, counts = state
    for cell in range(counts[LOW], counts[HIGH] + 1):
        cells[cell]["buy"] = 0
        cells[cell]["sell"] = 0
        cells[cell]["unsided"] = 0
    counts[LOW] = len(cells)
    counts[HIGH] = -1
    counts[TRADES] = 0
    counts[END_NS] = NEVER


@lean_kernel
def delta_of(prints: np.ndarray, start: int, end: int) -> Integer:
    """Give what was bought less what was sold."""
    delta = np.int64(0)
    for i in range(start, end):
        side = prints[i]["side"]
        sign = np.int64(side == SIDE_BID) - np.int64(side == SIDE_ASK)
        delta += np.int64(prints[i]["size"]) * sign
    return delta


# Bars of ticks and of delta are seldom asked for: their prints are looked at beforehand, so that
# those of all others cost what they did.
@lean_kernel
def end_of_filling(counts: np.ndarray, prints: np.ndarray, start: int, count: int) -> int:
    """Give the end of the prints with the one that fills the bar; `count` where none does."""
    if counts[FULL_TICKS] == NEVER and counts[FULL_DELTA] == NEVER:
        return count
    tick = counts[TICK]
    delta = np.int64(0)
    low = high = prints[start]["price"] // tick
    if counts[TRADES] > 0:
        delta = counts[DELTA]
        low = min(low, counts[LOWEST] // tick)
        high = max(high, counts[HIGHEST] // tick)
    for i in range(start, count):
        low = min(low, prints[i]["price"] // tick)
        high = max(high, prints[i]["price"] // tick)
        delta += delta_of(prints, i, i + 1)
        if high - low >= counts[FULL_TICKS] or abs(delta) >= counts[FULL_DELTA]:
            return i + 1
    return count


@lean_kernel
def is_bar_full(counts: np.ndarray) -> bool:
    """Tell whether the bar that is open takes no further print."""
    return bool(
        counts[TRADES] >= counts[FULL_PRINTS]
        or counts[VOLUME] >= counts[FULL_CONTRACTS]
        or counts[HIGH] - counts[LOW] >= counts[FULL_TICKS]
        or abs(counts[DELTA]) >= counts[FULL_DELTA]
    )


# What changes with every print is kept in variables: writing it to the counts each time costs as
# much again.
@lean_kernel
def add_prints(state: FootprintState, prints: np.ndarray, start: int, count: int) -> int:
    """Add prints from `start` to the bar, opening it; give the first that is not of it.

    That is the one after its end, after the print that filled it, one without a cell, or `count`.
    """
    cells, inverse, counts = state
    grid = grid_of(counts, inverse)
    if counts[TRADES] == 0:
        if cell_of(grid, prints[start]["price"]) == OUTSIDE:
            return start
        open_bar(counts, prints[start]["ts_event"], prints[start]["price"])
    end_ns = counts[END_NS]
    low = counts[LOW]
    high = counts[HIGH]
    highest = counts[HIGHEST]
    lowest = counts[LOWEST]
    volume = counts[VOLUME]
    full_contracts = counts[FULL_CONTRACTS]
    # The print that fills it, of those that there are, is its last.
    last = start + min(count - start, counts[FULL_PRINTS] - counts[TRADES])
    i = start
    while i < last and volume < full_contracts:
        price = prints[i]["price"]
        cell = cell_of(grid, price)
        if prints[i]["ts_event"] >= end_ns or cell == OUTSIDE:
            break
        if cell < low or cell > high:
            if max(high, cell) - min(low, cell) >= grid.most_ticks:
                break
            low = min(low, cell)
            high = max(high, cell)
        side = prints[i]["side"]
        size = np.int64(prints[i]["size"])
        # Without a branch: which side comes next cannot be predicted.
        cells[cell]["buy"] += size * np.int64(side == SIDE_BID)
        cells[cell]["sell"] += size * np.int64(side == SIDE_ASK)
        if side not in (SIDE_BID, SIDE_ASK):
            cells[cell]["unsided"] += size
        highest = max(highest, price)
        lowest = min(lowest, price)
        rest = price - grid.base - cell * grid.tick
        if rest > 0:
            counts[SUM_REST] += rest * size
        volume += size
        i += 1
    if i > start:
        counts[CLOSE] = prints[i - 1]["price"]
        counts[LAST_NS] = prints[i - 1]["ts_event"]
    counts[LOW] = low
    counts[HIGH] = high
    counts[HIGHEST] = highest
    counts[LOWEST] = lowest
    counts[TRADES] += i - start
    counts[VOLUME] = volume
    return i


@lean_kernel
def open_bar(counts: np.ndarray, now: Integer, price: Integer) -> None:
    """Open the bar of a first print."""
    counts[OPEN] = price
    counts[HIGHEST] = price
    counts[LOWEST] = price
    counts[SUM_REST] = 0
    counts[VOLUME] = 0
    counts[DELTA] = 0
    counts[END_NS] = open_window(counts, now)


@lean_kernel
def open_window(counts: np.ndarray, now: Integer) -> Integer:
    """Write when the bar of a first print begins, and give when it will end by the clock."""
    if counts[EVERY_NS] == NEVER:
        counts[START_NS] = now
        return counts[CLOSE_NS] if now < counts[CLOSE_NS] else NEVER
    counts[START_NS] = now - (now - counts[OPEN_NS]) % counts[EVERY_NS]
    return window_end(counts, now)


# A bar of time is over when the clock reaches its end, any other with the print that fills it, and
# all with the session.
@lean_kernel
def gather_footprint(
    state: FootprintState,
    prints: np.ndarray,
    start: int,
    count: int,
    clock_ns: int,
    out: ClosedBars,
    filled: np.ndarray,
) -> int:
    """Apply prints from `start` to `count`, then the clock; give the next.

    That is ``count + 1`` after the clock. `filled` says how many bars, levels and stacks were
    written. Stops before a print outside the cells, and where there is no room for the bar that
    closes: the caller takes the rows, makes room and calls again.
    """
    counts = state.counts
    bar = 0
    level = 0
    stack = 0
    i = start
    while True:
        now = clock_ns if i == count else prints[i]["ts_event"]
        is_full = is_bar_full(counts)
        if counts[TRADES] > 0 and (is_full or now >= counts[END_NS]):
            span = counts[HIGH] - counts[LOW] + 1
            if (
                bar == len(out.bars)
                or level + span > len(out.levels)
                or stack + span > len(out.stacks)
            ):
                break
            end_ns = counts[LAST_NS] if is_full else counts[END_NS]
            level, stack = write_bar(state, end_ns, out, bar, level, stack)
            bar += 1
            close_bar(state)
        if i == count:
            i = count + 1
            break
        done = add_prints(state, prints, i, end_of_filling(counts, prints, i, count))
        if done == i:
            break
        if counts[FULL_DELTA] != NEVER:
            counts[DELTA] += delta_of(prints, i, done)
        i = done
    filled[0] = bar
    filled[1] = level
    filled[2] = stack
    return i
