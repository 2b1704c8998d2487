"""Levels of one instrument's sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.flow.session.level_kinds import LevelKind, level_names
from ticktape.flow.session.levels_kernels import (
    AFTER_VWAP,
    AT_DAY_END,
    AT_DAY_FROM,
    AT_DUE,
    AT_HIGH,
    AT_LAST,
    AT_LOW,
    AT_NIGHT_END,
    AT_NIGHT_HIGH,
    AT_NIGHT_LOW,
    AT_OPEN,
    AT_SESSION,
    AT_SPAN_HIGH,
    AT_SPAN_LOW,
    AT_SPANS_FROM,
    AT_VWAP_DUE,
    BANDS,
    KINDS,
    LEVEL,
    NEVER,
    NO_HIGH,
    NO_LOW,
    PLACES,
    ROWS_A_STEP,
    VWAP,
    LevelRule,
    LevelState,
    gather_levels,
    look_at_vwap,
)
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.session import Session

__all__ = ["LEVEL", "LevelsSettings", "SessionLevels", "profile_levels"]

_SECOND_NS: Final = 1_000_000_000
_MINUTE_NS: Final = 60 * _SECOND_NS
_SPAN_KINDS: Final = (
    LevelKind.OPENING_1_HIGH,
    LevelKind.OPENING_2_HIGH,
    LevelKind.OPENING_3_HIGH,
    LevelKind.INITIAL_BALANCE_HIGH,
)
_OPENING_RANGES: Final = 3
# Nearer or further bands are a slip of the hand.
_NEAREST_BAND: Final = 0.01
_FURTHEST_BAND: Final = 100.0
_PARTS_OF_A_TICK: Final = 100
# Rows that one call of the kernel has room for.
_ROOM: Final = 4_096


@dataclass(frozen=True, slots=True)
class LevelsSettings:
    """How levels are made.

    Attributes
    ----------
    vwap_every_ns : int
        How often the VWAP and its bands are told, at most: at the ends of such windows.
    vwap_bands : tuple of float
        How many standard deviations each of the three bands is from the VWAP, nearest first:
        0.01 to 100.
    opening_ranges_ns : tuple of int
        Lengths of the three opening ranges, shortest first: whole seconds, 1 at least.
    initial_balance_ns : int
        Length of the initial balance.
    previous_within_days : int
        The session before counts as the previous one only where its trade date is at most so many
        days earlier.
    previous_regular_only : bool
        Whether the previous day's high, low and close are those of its regular hours; a day
        without such hours is then passed over.
    """

    vwap_every_ns: int = _SECOND_NS
    vwap_bands: tuple[float, ...] = (1.0, 2.0, 3.0)
    opening_ranges_ns: tuple[int, ...] = (5 * _MINUTE_NS, 15 * _MINUTE_NS, 30 * _MINUTE_NS)
    initial_balance_ns: int = 60 * _MINUTE_NS
    previous_within_days: int = 5
    previous_regular_only: bool = False

    def __post_init__(self) -> None:
        """Refuse spans that are none."""
        for name in ("vwap_every_ns", "initial_balance_ns", "previous_within_days"):
            if not 0 < getattr(self, name) < 2**62:
                raise BadValueError(
                    f"{name} cannot be {getattr(self, name)}", hint="give more than zero"
                )
        lengths, bands = self.opening_ranges_ns, self.vwap_bands
        told = ", ".join(f"{length / _SECOND_NS:g} s" for length in lengths)
        if len(lengths) != _OPENING_RANGES or not _is_rising(lengths, _SECOND_NS, 2**62):
            raise BadValueError(
                f"opening ranges cannot be of {told}",
                hint="give three of 1 s or more, shortest first",
            )
        if any(length % _SECOND_NS for length in lengths):
            raise BadValueError(f"opening ranges cannot be of {told}", hint="give whole seconds")
        if len(bands) != BANDS or not _is_rising(bands, _NEAREST_BAND, _FURTHEST_BAND):
            raise BadValueError(
                f"bands cannot be {bands} deviations from the VWAP",
                hint=f"give three, nearest first, {_NEAREST_BAND:g} to {_FURTHEST_BAND:g}",
            )


def _is_rising(values: Sequence[float], least: float, most: float) -> bool:
    """Tell of values whether each is above the one before, and all are within limits."""
    ordered = all(low < high for low, high in pairwise(values))
    return ordered and values[0] >= least and values[-1] <= most


class SessionLevels:
    """Levels of one instrument, from what its tape shows.

    The previous day is the session before, all of its hours where nothing else is set; its close
    is its last print, not the settlement. The
    overnight high and low develop from the open to the regular hours; a day without regular hours
    has none. Opening ranges and the initial balance begin with the regular hours, or where there
    are none with the session, and are told when they end. The VWAP is the session's, of every
    print, with three bands, each so many standard deviations of price weighted by volume away; they
    are told at the end of a window, each once it has moved by a hundredth of a tick, and a window
    that a session's end cuts off is not told. Of what was printed before the tape begins, nothing
    is known.

    State is bounded: sums, and one row a kind.

    Parameters
    ----------
    tick : int
        The instrument's least price step, units of 1e-9. Deviations from the VWAP are counted in
        hundredths of it.
    settings : LevelsSettings
        How levels are made.

    Attributes
    ----------
    names : mapping of LevelKind to str
        What people and the wire call each kind.
    """

    rows: np.dtype = LEVEL

    def __init__(self, tick: int, settings: LevelsSettings | None = None) -> None:
        self.tick = tick
        self.settings = settings or LevelsSettings()
        near, middle, far = map(float, self.settings.vwap_bands)
        self._rule = LevelRule(
            self.settings.vwap_every_ns, max(tick // _PARTS_OF_A_TICK, 1), (near, middle, far)
        )
        self._room = np.zeros(_ROOM, LEVEL)
        self.names: Final = level_names(self.settings.opening_ranges_ns, self.settings.vwap_bands)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._previous: tuple[int, dict[LevelKind, int]] | None = None
        self._profile: dict[LevelKind, int] = {}
        self._known: list[np.ndarray] = []
        # Without a session everything is one, from the epoch on and without regular hours.
        self._begin(Session(0, 0, NEVER, NEVER, NEVER))

    def begin(self, session: Session) -> None:
        """Begin a session: the one that ends becomes the previous day.

        Parameters
        ----------
        session : Session
            Its previous day's levels are given by the next ``update``.
        """
        at = self._state.at
        if at[AT_HIGH] != NO_HIGH:
            prices = {
                LevelKind.PREVIOUS_HIGH: int(at[AT_HIGH]),
                LevelKind.PREVIOUS_LOW: int(at[AT_LOW]),
                LevelKind.PREVIOUS_CLOSE: int(at[AT_LAST]),
            }
            self._previous = int(at[AT_SESSION]), prices | self._profile
        self._profile = {}
        self._begin(session)
        if self._previous is None:
            return
        ended, prices = self._previous
        if session.trade_date - ended <= self.settings.previous_within_days:
            self._known.append(
                self._tell(session.open_ns, {kind: prices[kind] for kind in sorted(prices)})
            )

    def know_profile(self, poc: int, vah: int, val: int) -> None:
        """Say, before ``begin``, where the profile of the session that ends stands.

        Parameters
        ----------
        poc, vah, val : int
            Point of control and value area, 1e-9; ``UNDEF_PRICE`` where there is none.
        """
        kinds = (LevelKind.PREVIOUS_POC, LevelKind.PREVIOUS_VAH, LevelKind.PREVIOUS_VAL)
        self._profile = {
            kind: int(price)
            for kind, price in zip(kinds, (poc, vah, val), strict=True)
            if price != UNDEF_PRICE
        }

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take prints, and give the levels that became known or have moved.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``: times never fall.
        clock_ns : int
            The instrument's clock after them.

        Returns
        -------
        numpy.ndarray
            dtype ``LEVEL``; times never fall.
        """
        pieces, self._known = self._known, []
        prints = kernel_input(prints)
        done, filled = 0, _ROOM
        while filled + ROWS_A_STEP > _ROOM:
            done, filled = gather_levels(
                self._state, self._rule, prints, done, clock_ns, self._room
            )
            if filled:
                pieces.append(copy_rows(self._room[:filled]))
        return join_rows(pieces, LEVEL)

    def current(self) -> np.ndarray:
        """Give every level of the session, by kind.

        Returns
        -------
        numpy.ndarray
            dtype ``LEVEL``: the VWAP and its bands as of the last print, the others as they were
            told last.
        """
        told = self._state.told
        rows = told[(told["kind"] != 0) & ((told["kind"] < VWAP) | (told["kind"] >= AFTER_VWAP))]
        fresh = self._state._replace(told=np.zeros(KINDS, LEVEL))
        filled = look_at_vwap(fresh, self._rule, self._room)
        rows = np.concatenate([rows, self._room[:filled]])
        return rows[np.argsort(rows["kind"], kind="stable")]

    def _begin(self, session: Session) -> None:
        at = np.zeros(PLACES, "i8")
        at[AT_SESSION] = session.trade_date
        at[AT_OPEN] = session.open_ns
        at[AT_HIGH] = at[AT_NIGHT_HIGH] = at[AT_SPAN_HIGH] = NO_HIGH
        at[AT_LOW] = at[AT_NIGHT_LOW] = at[AT_SPAN_LOW] = NO_LOW
        at[AT_VWAP_DUE] = NEVER
        has_regular_hours = session.regular_open_ns < session.regular_close_ns
        at[AT_NIGHT_END] = session.regular_open_ns if has_regular_hours else session.open_ns
        at[AT_SPANS_FROM] = at[AT_NIGHT_END]
        lengths = (*self.settings.opening_ranges_ns, self.settings.initial_balance_ns)
        spans = sorted(
            (int(at[AT_SPANS_FROM]) + length, int(kind))
            for length, kind in zip(lengths, _SPAN_KINDS, strict=True)
        )
        at[AT_DUE] = spans[0][0]
        at[AT_DAY_FROM], at[AT_DAY_END] = session.open_ns, NEVER
        if self.settings.previous_regular_only:
            at[AT_DAY_FROM], at[AT_DAY_END] = session.regular_open_ns, session.regular_close_ns
        self._state = LevelState(at, np.array(spans, "i8"), np.zeros(KINDS, LEVEL))

    def _tell(self, now: int, prices: dict[LevelKind, int]) -> np.ndarray:
        rows = np.zeros(len(prices), LEVEL)
        rows["ts_ns"] = now
        rows["session"] = self._state.at[AT_SESSION]
        rows["kind"] = list(prices)
        rows["price"] = list(prices.values())
        self._state.told[rows["kind"]] = rows
        return rows


def profile_levels(developing: np.ndarray, session: Session) -> np.ndarray:
    """Give the levels of a profile as it develops: POC, VAH and VAL at each of its windows.

    Parameters
    ----------
    developing : numpy.ndarray
        dtype ``DEVELOPING`` of one session.
    session : Session
        That session.

    Returns
    -------
    numpy.ndarray
        dtype ``LEVEL``; none for a window before which nothing had a side.
    """
    found = developing[developing["poc"] != UNDEF_PRICE]
    rows = np.zeros((len(found), 3), LEVEL)
    for column, (name, kind) in enumerate(
        (("poc", LevelKind.POC), ("vah", LevelKind.VAH), ("val", LevelKind.VAL))
    ):
        rows["price"][:, column] = found[name]
        rows["kind"][:, column] = kind
    rows["ts_ns"] = found["ts_ns"][:, None]
    rows["session"] = session.trade_date
    return rows.reshape(-1)
