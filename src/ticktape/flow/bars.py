"""Time bars of every instrument in a stream, closed by the stream's own clock."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import grow_keys, new_keys
from ticktape.flow.bars_kernels import (
    BAR_ROWS,
    LATE,
    NEVER,
    NEXT_CLOSE,
    OPEN_BARS,
    UNUSABLE,
    BarState,
    Prints,
    gather_bars,
    reopen_bars,
)
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError, WrongSchemaError
from ticktape.tape.layouts import ACTION_TRADE, SIDE_NONE

__all__ = ["BAR_ROWS", "BarsStanding", "TimeBars", "parse_every"]

_UNITS_NS: Final = {
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
_LONGEST_NS: Final = 366 * _UNITS_NS["d"]


def parse_every(text: str) -> int:
    """Read the length of a bar.

    Parameters
    ----------
    text : str
        A whole number and a unit: ``ms``, ``s``, ``m``, ``h`` or ``d``; ``"1m"``, ``"15s"``.

    Returns
    -------
    int
        Nanoseconds, more than zero.

    Raises
    ------
    BadValueError
        If the text is anything else, or is more than 366 days.
    """
    read = re.fullmatch(r"([1-9][0-9]{0,5})(ms|s|m|h|d)", text.strip())
    if read is None:
        raise BadValueError(
            f"{text!r} is no length of time",
            hint="give a number and ms, s, m, h or d, such as 1s, 15m or 1d",
        )
    length_ns = int(read[1]) * _UNITS_NS[read[2]]
    if length_ns > _LONGEST_NS:
        raise BadValueError(f"{text!r} is too long", hint="give a year at most: 366d")
    return length_ns


class BarsStanding(NamedTuple):
    """How bars stand between two records.

    Attributes
    ----------
    opened : numpy.ndarray
        ``BAR_ROWS``: the bars that are open, oldest first print first.
    clock : numpy.ndarray
        ``i8[5]``: the clock and the counters, as ``BarState.counts``.
    """

    opened: np.ndarray
    clock: np.ndarray


class TimeBars:
    """Bars of fixed length, aligned to the UTC epoch, for every publisher and instrument.

    A print belongs to the interval of its ``ts_recv`` (``ts_event`` where the record is flagged
    ``F_BAD_TS_RECV`` or has none), as in the vendor's OHLCV schemas; ``ts_event`` of a row is
    the inclusive start of its interval. No print, no bar. A bar closes as soon as a record of any
    instrument, a print or not, reaches the end of its interval; rows close in the order of their
    intervals, and within one in the order of their first prints. A print that arrives after its
    interval has closed changes nothing and is counted in `late`.

    Parameters
    ----------
    every_ns : int
        The length of a bar in nanoseconds.
    """

    rows: Final = BAR_ROWS

    def __init__(self, every_ns: int) -> None:
        if every_ns <= 0:
            raise BadValueError(f"a bar cannot be {every_ns} ns long", hint="give more than zero")
        self.every_ns = every_ns
        self.reset()

    def reset(self) -> None:
        """Forget every bar, the clock and the counters."""
        keys = new_keys()
        room = len(keys.of_slot)
        counts = np.zeros(5, "i8")
        counts[NEXT_CLOSE] = NEVER
        self._state = BarState(keys, np.zeros(room, BAR_ROWS), np.zeros(room, "i4"), counts)
        self._closed = np.zeros(4 * room, BAR_ROWS)

    @property
    def late(self) -> int:
        """Prints that came after their interval had closed, and are in no bar."""
        return int(self._state.counts[LATE])

    @property
    def unusable(self) -> int:
        """Prints without a price or without any time, which are in no bar."""
        return int(self._state.counts[UNUSABLE])

    def update(self, records: np.ndarray) -> np.ndarray:
        """Take records and give the bars that they close.

        Parameters
        ----------
        records : numpy.ndarray
            Records that carry prints (trades, tbbo, mbp-1, mbp-10, cmbp-1, tcbbo, mbo: those with
            action ``T``; the others only move the clock), or OHLCV records of shorter bars.

        Returns
        -------
        numpy.ndarray
            Closed bars, dtype ``BAR_ROWS``: prices in 1e-9, volumes in the records' own unit;
            ``trades`` counts prints (shorter bars, where those were given).

        Raises
        ------
        WrongSchemaError
            If the records carry neither prints nor bars.
        """
        prints = _columns(records)
        count = len(records)
        done = 0
        pieces = []
        while done < count:
            done, filled = gather_bars(
                self._state, prints, done, count, self.every_ns, self._closed
            )
            pieces.append(self._closed[:filled].copy())
            if done < count:
                self._make_room()
        if not pieces:
            return np.empty(0, BAR_ROWS)
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def current(self) -> np.ndarray:
        """Give the bars that are still open, oldest first print first; dtype ``BAR_ROWS``."""
        state = self._state
        return np.take(state.bars, state.opened[: int(state.counts[OPEN_BARS])])

    def flush(self) -> np.ndarray:
        """Close the bars that are still open, as at the end of a stream, and give them."""
        rows = self.current()
        state = self._state
        state.bars["trades"] = 0
        state.counts[OPEN_BARS] = 0
        state.counts[NEXT_CLOSE] = NEVER
        return rows

    def standing(self) -> BarsStanding:
        """Give how the bars stand now, for :meth:`stand`."""
        return BarsStanding(self.current(), self._state.counts.copy())

    def stand(self, standing: BarsStanding) -> None:
        """Go on from where other bars of the same length stood.

        Parameters
        ----------
        standing : BarsStanding
            What :meth:`standing` gave of those.
        """
        self.reset()
        rows = kernel_input(standing.opened)
        done = reopen_bars(self._state, rows, 0)
        while done < len(rows):
            self._make_room()
            done = reopen_bars(self._state, rows, done)
        self._state.counts[:] = standing.clock

    def _make_room(self) -> None:
        keys, bars, opened, counts = self._state
        if int(keys.used[0]) == len(keys.of_slot):
            keys = grow_keys(keys)
            bars = np.concatenate([bars, np.zeros_like(bars)])
            opened = np.concatenate([opened, np.zeros_like(opened)])
            self._state = BarState(keys, bars, opened, counts)
            self._closed = np.zeros(4 * len(bars), BAR_ROWS)


def _columns(records: np.ndarray) -> Prints:
    names = records.dtype.names or ()
    # A column of one record would count as contiguous, and have a kernel compiled of its own.
    if len(records) == 1:
        records = np.concatenate([records, records])
    records = kernel_input(records)
    count = len(records)
    times = records["ts_event"].view("i8") if "ts_event" in names else None
    if times is not None and {"action", "side", "price", "size", "ts_recv"} <= set(names):
        price = records["price"]
        return Prints(
            records["publisher_id"],
            records["instrument_id"],
            records["ts_recv"].view("i8"),
            times,
            records["flags"],
            records["action"],
            records["side"],
            price,
            price,
            price,
            price,
            records["size"].astype("u8"),
        )
    if times is not None and {"open", "high", "low", "close", "volume"} <= set(names):
        return Prints(
            records["publisher_id"],
            records["instrument_id"],
            times,
            times,
            np.broadcast_to(np.uint8(0), count),
            np.broadcast_to(np.uint8(ACTION_TRADE), count),
            np.broadcast_to(np.uint8(SIDE_NONE), count),
            records["open"],
            records["high"],
            records["low"],
            records["close"],
            records["volume"].astype("u8"),
        )
    raise WrongSchemaError(
        f"records with the fields {', '.join(names)} carry no trades",
        hint="bars are made from mbo, trades, tbbo, mbp-1, mbp-10 or ohlcv records",
    )
