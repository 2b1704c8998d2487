"""Absorption: windows of one-sided aggression that did not move the price, gathered in zones.

The rules are those of the FLOW reference (B1.4), in event time. What it leaves open is decided so:

- Delta, average price and price change are of the prints with a side; volume is of all.
- The average volume is that of the windows before this one, empty ones counted, as far back as the
  settings say or to the first window there was; a stated default where nothing traded in it.
- A zone belongs to a price and to one kind of aggression. It takes up the ``abs(delta)`` of its
  events. Where it stands to the key levels and to the trend is what its last event said.
- A zone is gone at the very nanosecond at which its time is over.
- Key levels are those of the window's end.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.flow.absorption.rows import KEY_LEVELS, ZONE
from ticktape.flow.absorption.settings import AbsorptionSettings
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, UNDEF_PRICE

# Columns of `window`: what the open window has gathered.
OPENS: Final = 0  # its number: times of a window floored, divided by its length
ENDS: Final = 1  # the first nanosecond after it; NO_WINDOW where none is open
DELTA: Final = 2
VOLUME: Final = 3
SIDED: Final = 4
FIRST: Final = 5
LAST: Final = 6
COARSE: Final = 7  # each price less the first, times its size, added up: as COARSE * 2**20 + FINE
FINE: Final = 8
EARLIEST: Final = 9  # the first window there was; NO_WINDOW before it
ZONES: Final = 10
WINDOW_COLUMNS: Final = 11
NO_WINDOW: Final = -(2**62)
NEVER: Final = 2**63 - 1

# Columns of `limits`.
WINDOW_NS: Final = 0
AVERAGE_WINDOWS: Final = 1
TREND_WINDOWS: Final = 2
LEAST_DELTA: Final = 3
TREND: Final = 4
MOST_MOVE: Final = 5
NEAR: Final = 6
TICK: Final = 7
EXPIRY: Final = 8  # and the two after it: of strong and of defended zones

# The sizes of some markets are so fine that the sum in one piece would not fit 64 bits.
_SPLIT: Final = 20
_MEDIUM: Final = 1
_DEFENDED: Final = 3


class AbsorptionState(NamedTuple):
    """Everything that a study of absorption knows.

    Attributes
    ----------
    window : numpy.ndarray
        ``i8``: the open window and the counters.
    past : numpy.ndarray
        ``i8``, shape ``(n, 3)``: number, volume and delta of closed windows, at number modulo n.
    levels : numpy.ndarray
        dtype ``KEY_LEVELS``, one: those that stand.
    zones : numpy.ndarray
        dtype ``ZONE``: as many as ``window[ZONES]``, by their first event. There is room for one
        a window of the longest life, so it never runs out.
    limits : numpy.ndarray
        ``i8``: the settings, in 1e-9 and windows.
    shares : numpy.ndarray
        ``f8[2]``: the least share of the average volume, and the average where there is none.
    """

    window: np.ndarray
    past: np.ndarray
    levels: np.ndarray
    zones: np.ndarray
    limits: np.ndarray
    shares: np.ndarray


class KeyLevels(NamedTuple):
    """Key levels that became known, and how many of them have come to stand.

    Attributes
    ----------
    rows : numpy.ndarray
        dtype ``KEY_LEVELS``, in order of time.
    used : numpy.ndarray
        ``i8[1]``.
    """

    rows: np.ndarray
    used: np.ndarray


def new_absorption_state(settings: AbsorptionSettings, tick: int) -> AbsorptionState:
    """Make the state in which nothing was printed; the tick in 1e-9."""
    window = np.zeros(WINDOW_COLUMNS, np.int64)
    window[ENDS] = window[EARLIEST] = NO_WINDOW
    average = settings.average_over_ns // settings.window_ns
    trend = settings.trend_over_ns // settings.window_ns
    past = np.zeros((max(average, trend), 3), np.int64)
    past[:, 0] = NO_WINDOW
    levels = np.full(1, UNDEF_PRICE, np.int64).repeat(4).view(KEY_LEVELS)
    limits = [
        settings.window_ns,
        average,
        trend,
        settings.least_delta_contracts,
        settings.trend_contracts,
        settings.most_move_ticks * tick,
        settings.key_level_ticks * tick,
        tick,
        settings.expiry_ns,
        settings.strong_expiry_ns,
        settings.defended_expiry_ns,
    ]
    return AbsorptionState(
        window,
        past,
        levels,
        np.zeros(settings.defended_expiry_ns // settings.window_ns + 2, ZONE),
        np.array(limits, np.int64),
        np.array([settings.least_share, settings.default_average_contracts]),
    )


@lean_kernel
def strength_of(events: Integer, at_key_level: Integer, against_trend: Integer) -> Integer:
    """Give a strength: 0 weak, 1 medium, 2 strong, 3 defended."""
    return min(min(events - 1, _DEFENDED) + at_key_level + against_trend, _DEFENDED)


@lean_kernel
def is_near(price: Integer, level: Integer, reach: Integer) -> Integer:
    """Give 1 where a price is at a level that there is, else 0."""
    return np.int64(level != UNDEF_PRICE and abs(price - level) <= reach)


@lean_kernel
def is_one_sided(state: AbsorptionState) -> bool:
    """Tell whether the window's delta is large against the volume of the windows before."""
    window = state.window
    delta = abs(window[DELTA])
    if delta < state.limits[LEAST_DELTA]:
        return False
    number = window[OPENS]
    windows = min(state.limits[AVERAGE_WINDOWS], number - window[EARLIEST])
    volume = np.int64(0)
    for i in range(len(state.past)):
        if number - windows <= state.past[i, 0] < number:
            volume += state.past[i, 1]
    if volume == 0:
        return bool(delta >= state.shares[0] * state.shares[1])
    return bool(delta * windows >= state.shares[0] * volume)


@lean_kernel
def trend_at(state: AbsorptionState) -> Integer:
    """Give the change of CVD over the time of the trend, the open window included."""
    window = state.window
    trend = np.int64(window[DELTA])
    for i in range(len(state.past)):
        age = window[OPENS] - state.past[i, 0]
        if 0 < age < state.limits[TREND_WINDOWS]:
            trend += state.past[i, 2]
    return trend


@lean_kernel
def zone_of(state: AbsorptionState, now: Integer, price: Integer, absorbed: Integer) -> Integer:
    """Let zones go whose time is over; give the one of a price, made where there is none."""
    zones = state.zones
    kept = np.int64(0)
    found = np.int64(-1)
    for i in range(state.window[ZONES]):
        if zones[i]["expires_ns"] <= now:
            continue
        if kept < i:
            zones[kept] = zones[i]
        if zones[kept]["price"] == price and zones[kept]["absorbed"] == absorbed:
            found = kept
        kept += 1
    if found < 0:
        found = kept
        kept += 1
        zones[found]["price"] = price
        zones[found]["absorbed"] = absorbed
        zones[found]["first_seen_ns"] = now
        zones[found]["total_absorbed"] = 0
        zones[found]["event_count"] = 0
        zones[found]["strength"] = 0
    state.window[ZONES] = kept
    return found


@lean_kernel
def write_event(state: AbsorptionState, row: Row, change: Integer, absorbed: Integer) -> None:
    """Enter the open window into its zone, and write its row."""
    window = state.window
    limits = state.limits
    delta = window[DELTA]
    now = window[ENDS]
    sided = window[SIDED]
    whole = window[COARSE] // sided
    rest = ((window[COARSE] - whole * sided) << _SPLIT) + window[FINE]
    below = rest // sided
    # Half a unit rounds up.
    below += 2 * (rest - below * sided) >= sided
    average = window[FIRST] + (whole << _SPLIT) + below
    tick = limits[TICK]
    price = (2 * average + tick) // (2 * tick) * tick
    levels = state.levels[0]
    at_poc = is_near(average, levels["poc"], limits[NEAR])
    at_vah = is_near(average, levels["vah"], limits[NEAR])
    at_val = is_near(average, levels["val"], limits[NEAR])
    trend = trend_at(state)
    is_against = np.int64(trend > limits[TREND] if delta > 0 else trend < -limits[TREND])
    zone = state.zones[zone_of(state, now, price, absorbed)]
    events = np.int64(zone["event_count"]) + 1
    strength = strength_of(events, at_poc | at_vah | at_val, is_against)
    strength = max(strength, np.int64(zone["strength"]))
    zone["event_count"] = events
    zone["total_absorbed"] += abs(delta)
    zone["last_seen_ns"] = now
    zone["strength"] = strength
    zone["expires_ns"] = now + limits[EXPIRY + max(strength - _MEDIUM, 0)]
    zone["at_poc"] = at_poc
    zone["at_vah"] = at_vah
    zone["at_val"] = at_val
    zone["against_trend"] = is_against
    row["ts_ns"] = now
    row["price"] = price
    row["average_price"] = average
    row["price_change"] = change
    row["delta"] = delta
    row["volume"] = sided
    row["total_absorbed"] = zone["total_absorbed"]
    row["event_count"] = events
    row["absorbed"] = absorbed
    row["strength"] = strength
    row["at_poc"] = at_poc
    row["at_vah"] = at_vah
    row["at_val"] = at_val
    row["against_trend"] = is_against
    # Every second event is of medium strength, and so is a first one at a key level.
    row["is_told"] = strength >= _MEDIUM


@lean_kernel
def know_levels(state: AbsorptionState, levels: KeyLevels, now: Integer) -> None:
    """Let the last of the levels that are known at a time stand."""
    rows, used = levels
    while used[0] < len(rows) and rows[used[0]]["ts_ns"] <= now:
        state.levels[0] = rows[used[0]]
        used[0] += 1


@lean_kernel
def close_window(state: AbsorptionState, levels: KeyLevels, rows: np.ndarray, filled: int) -> int:
    """Judge the open window and keep what later ones need; give the new count of rows."""
    window = state.window
    know_levels(state, levels, window[ENDS])
    change = window[LAST] - window[FIRST]
    delta = window[DELTA]
    move = change if delta > 0 else -change
    if move <= state.limits[MOST_MOVE] and is_one_sided(state):
        write_event(state, rows[filled], change, SIDE_BID if delta > 0 else SIDE_ASK)
        filled += 1
    past = state.past[window[OPENS] % len(state.past)]
    past[0] = window[OPENS]
    past[1] = window[VOLUME]
    past[2] = delta
    window[ENDS] = NO_WINDOW
    return filled


@lean_kernel
def open_window(state: AbsorptionState, now: Integer) -> None:
    """Open the window of a print."""
    window = state.window
    number = now // state.limits[WINDOW_NS]
    window[OPENS] = number
    window[ENDS] = (number + 1) * state.limits[WINDOW_NS]
    window[DELTA] = 0
    window[VOLUME] = 0
    window[SIDED] = 0
    window[COARSE] = 0
    window[FINE] = 0
    if window[EARLIEST] == NO_WINDOW:
        window[EARLIEST] = number


# What changes with every print is kept in variables: writing it to the state each time costs as
# much again.
@lean_kernel
def add_prints(window: np.ndarray, prints: np.ndarray, start: int) -> int:
    """Add prints from `start` on to the open window; give the first that is not before its end."""
    ends = window[ENDS]
    volume = window[VOLUME]
    sided = window[SIDED]
    delta = window[DELTA]
    first = window[FIRST]
    last = window[LAST]
    coarse = window[COARSE]
    fine = window[FINE]
    i = start
    while i < len(prints) and prints[i]["ts_event"] < ends:
        size = np.int64(prints[i]["size"])
        side = prints[i]["side"]
        price = prints[i]["price"]
        i += 1
        volume += size
        if side not in (SIDE_ASK, SIDE_BID):
            continue
        first = price if sided == 0 else first
        last = price
        away = price - first
        coarse += (away >> _SPLIT) * size
        fine += (away & ((1 << _SPLIT) - 1)) * size
        sided += size
        # Without a branch: which side comes next cannot be predicted.
        delta += size * (2 * np.int64(side == SIDE_BID) - 1)
    window[VOLUME] = volume
    window[SIDED] = sided
    window[DELTA] = delta
    window[FIRST] = first
    window[LAST] = last
    window[COARSE] = coarse
    window[FINE] = fine
    return i


@kernel
def find_absorption(
    state: AbsorptionState,
    prints: np.ndarray,
    start: int,
    clock_ns: Integer,
    levels: KeyLevels,
    rows: np.ndarray,
) -> tuple[int, int]:
    """Take prints from `start` on, then the clock; give the next to take, and the rows filled.

    Stops early where `rows` are full; past the last print once the clock has closed what it can.
    `levels` are those that became known up to the clock; after this the last of them stands.
    """
    window = state.window
    filled = 0
    i = start
    while True:
        now = clock_ns if i == len(prints) else prints[i]["ts_event"]
        if window[ENDS] != NO_WINDOW and now >= window[ENDS]:
            if filled == len(rows):
                return i, filled
            filled = close_window(state, levels, rows, filled)
        if i == len(prints):
            break
        if window[ENDS] == NO_WINDOW:
            open_window(state, now)
        i = add_prints(window, prints, i)
    know_levels(state, levels, NEVER)
    return len(prints) + 1, filled
