"""Footprints: what was sold into the bid and bought at the ask at each price of a bar."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.flow.profile.grid_kernels import (
    BASE,
    BASE_TICKS,
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
    add_print,
    cell_of,
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
BUY: Final = FIRST_OWN + 7
SELL: Final = FIRST_OWN + 8
VOLUME: Final = FIRST_OWN + 9
# Volume times the price in whole ticks, and times what is above those: their sum would not fit.
SUM_TICKS: Final = FIRST_OWN + 10
SUM_REST: Final = FIRST_OWN + 11
# The settings.
FULL_PRINTS: Final = FIRST_OWN + 12
FULL_CONTRACTS: Final = FIRST_OWN + 13
LEAST_CONTRACTS: Final = FIRST_OWN + 14
IGNORE_ZEROS: Final = FIRST_OWN + 15
STACKED_TICKS: Final = FIRST_OWN + 16
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
    written["buy"] = counts[BUY]
    written["sell"] = counts[SELL]
    written["unsided"] = volume - counts[BUY] - counts[SELL]
    written["delta"] = counts[BUY] - counts[SELL]
    rest = counts[SUM_TICKS] % volume * counts[TICK] + counts[SUM_REST]
    written["vwap"] = counts[SUM_TICKS] // volume * counts[TICK] + rest // volume
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
def open_bar(counts: np.ndarray, now: Integer, price: Integer) -> None:
    """Open a bar with its first print, which is still to be added."""
    counts[OPEN] = price
    counts[HIGHEST] = price
    counts[LOWEST] = price
    counts[BUY] = 0
    counts[SELL] = 0
    counts[VOLUME] = 0
    counts[SUM_TICKS] = 0
    counts[SUM_REST] = 0
    if counts[EVERY_NS] == NEVER:
        counts[START_NS] = now
        counts[END_NS] = counts[CLOSE_NS] if now < counts[CLOSE_NS] else NEVER
    else:
        counts[END_NS] = window_end(counts, now)
        counts[START_NS] = now - (now - counts[OPEN_NS]) % counts[EVERY_NS]


# A bar of time is over when the clock reaches its end, one of prints or of contracts with the print
# that fills it, and any with the session.
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
    cells, inverse, counts = state
    bar = 0
    level = 0
    stack = 0
    done = count + 1
    for i in range(start, count + 1):
        now = clock_ns if i == count else prints[i]["ts_event"]
        if now >= counts[END_NS]:
            span = counts[HIGH] - counts[LOW] + 1
            if (
                bar == len(out.bars)
                or level + span > len(out.levels)
                or stack + span > len(out.stacks)
            ):
                done = i
                break
            level, stack = write_bar(state, counts[END_NS], out, bar, level, stack)
            bar += 1
            close_bar(state)
        if i == count:
            break
        price = prints[i]["price"]
        cell = cell_of(counts, inverse, price)
        if cell == OUTSIDE:
            done = i
            break
        size = np.int64(prints[i]["size"])
        if counts[TRADES] == 0:
            open_bar(counts, now, price)
        is_full = (
            counts[TRADES] + 1 >= counts[FULL_PRINTS]
            or counts[VOLUME] + size >= counts[FULL_CONTRACTS]
        )
        if is_full:
            span = max(counts[HIGH], cell) - min(counts[LOW], cell) + 1
            if (
                bar == len(out.bars)
                or level + span > len(out.levels)
                or stack + span > len(out.stacks)
            ):
                done = i
                break
        side = prints[i]["side"]
        add_print(cells, counts, cell, side, size)
        counts[HIGHEST] = max(counts[HIGHEST], price)
        counts[LOWEST] = min(counts[LOWEST], price)
        counts[CLOSE] = price
        counts[TRADES] += 1
        counts[VOLUME] += size
        counts[LAST_NS] = now
        if side == SIDE_BID:
            counts[BUY] += size
        elif side == SIDE_ASK:
            counts[SELL] += size
        counts[SUM_TICKS] += (counts[BASE_TICKS] + cell) * size
        counts[SUM_REST] += (price - counts[BASE] - cell * counts[TICK]) * size
        if is_full:
            level, stack = write_bar(state, now, out, bar, level, stack)
            bar += 1
            close_bar(state)
    filled[0] = bar
    filled[1] = level
    filled[2] = stack
    return done
