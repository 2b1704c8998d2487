"""What orders tell beyond prints: icebergs, and pulling and stacking at the touch."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.effects import EFFECT
from ticktape.book.ladder_activity_kernels import (
    FILLS_USED,
    enter_current_fills,
    new_activity_state,
)
from ticktape.book.mbo_room import make_room, trim_room
from ticktape.book.mbo_state_kernels import new_mbo_state
from ticktape.flow.absorption.iceberg_kernels import FORGOTTEN, new_iceberg_state
from ticktape.flow.absorption.order_activity_kernels import (
    AGGRESSOR,
    ANY_PUBLISHER,
    CLOCK_COLUMNS,
    INSTRUMENT,
    PUBLISHER,
    OrderState,
    follow_orders,
    has_fill_room,
)
from ticktape.flow.absorption.rows import ICEBERG, TOUCH
from ticktape.flow.absorption.settings import OrderActivitySettings
from ticktape.flow.absorption.touch_kernels import ENDS, NO_WINDOW, new_touch_state, write_touch
from ticktape.flow.joined_rows import join_rows
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError, WrongSchemaError
from ticktape.tape.layouts import LAYOUTS, SIDE_NONE, Schema
from ticktape.tape.session import Session

_ROWS_AT_ONCE: Final = 256
_NO_PUBLISHER: Final = -1


class OrderRows(NamedTuple):
    """What records of orders closed.

    Attributes
    ----------
    icebergs : numpy.ndarray
        dtype ``ICEBERG``.
    touches : numpy.ndarray
        dtype ``TOUCH``: one for each window in which something happened near the touch.
    """

    icebergs: np.ndarray
    touches: np.ndarray


class OrderActivity:
    """Keeps the book of one instrument by its ``mbo`` records, and reads them on the way.

    Both go on over the end of a session: orders rest, and windows are of the clock. What is
    remembered is bounded: the book's live orders, 8,192 orders that are partly filled
    (`forgotten` counts those that made way), the last 64 that were filled whole.

    Parameters
    ----------
    instrument_id : int
        The instrument.
    tick : int
        Its tick in 1e-9.
    publisher_id : int, optional
        Whose book; that of the first record where not given.
    settings : OrderActivitySettings, optional
        What counts.

    Raises
    ------
    BadValueError
        Where the tick is not more than zero.
    """

    def __init__(
        self,
        instrument_id: int,
        tick: int,
        publisher_id: int | None = None,
        settings: OrderActivitySettings | None = None,
    ) -> None:
        if tick <= 0:
            raise BadValueError(f"a tick cannot be {tick}", hint="give it in 1e-9, above zero")
        self.instrument_id = instrument_id
        self.publisher_id = publisher_id
        self.tick = tick
        self.settings = settings or OrderActivitySettings()
        self.reset()

    def reset(self) -> None:
        """Forget everything, the book too."""
        clock = np.zeros(CLOCK_COLUMNS, np.int64)
        clock[INSTRUMENT] = self.instrument_id
        clock[PUBLISHER] = _NO_PUBLISHER if self.publisher_id is None else self.publisher_id
        clock[ANY_PUBLISHER] = self.publisher_id is None
        clock[AGGRESSOR] = SIDE_NONE
        self._book = new_mbo_state(most_books=1)
        self._state = OrderState(
            clock,
            new_activity_state(prices=2),
            new_touch_state(self.settings, self.tick),
            new_iceberg_state(self.settings),
            np.zeros(1, EFFECT),
        )

    def begin(self, session: Session) -> None:
        """Begin a session: orders go on resting."""

    @property
    def forgotten(self) -> int:
        """Number of partly filled orders that made way for others before they were gone."""
        return int(self._state.icebergs.limits[FORGOTTEN])

    def update(self, records: np.ndarray) -> OrderRows:
        """Take records, and give the rows that they close.

        Parameters
        ----------
        records : numpy.ndarray
            dtype ``LAYOUTS[Schema.MBO]``; those of other instruments are passed over.

        Returns
        -------
        OrderRows
            The same for any cutting of the stream into batches. An iceberg's time is that of its
            record, a window's its end: none is later than the clock, the latest time of the
            instrument's records.

        Raises
        ------
        WrongSchemaError
            Where the records are not of the ``mbo`` schema.
        """
        if records.dtype != LAYOUTS[Schema.MBO]:
            raise WrongSchemaError(
                "icebergs and the touch are read from orders", hint="give mbo records"
            )
        records = kernel_input(records)
        self._choose_publisher(records)
        icebergs: list[np.ndarray] = []
        touches: list[np.ndarray] = []
        done = 0
        while True:
            found = np.zeros(_ROWS_AT_ONCE, ICEBERG)
            windows = np.zeros(_ROWS_AT_ONCE, TOUCH)
            done, filled, closed = follow_orders(
                self._book, self._state, records, done, found, windows
            )
            icebergs.append(found[:filled])
            touches.append(windows[:closed])
            if done == len(records):
                break
            if not has_fill_room(self._state):
                self._make_fill_room()
            elif _ROWS_AT_ONCE not in (filled, closed):
                self._book = make_room(self._book)
        self._book = trim_room(self._book)
        return OrderRows(join_rows(icebergs, ICEBERG), join_rows(touches, TOUCH))

    def current(self) -> np.ndarray:
        """Give the open window near the touch, dtype ``TOUCH``: one row or none."""
        rows = np.zeros(1, TOUCH)
        if self._state.touch.window[ENDS] == NO_WINDOW:
            return rows[:0]
        write_touch(self._state.touch, rows[0])
        return rows

    def _choose_publisher(self, records: np.ndarray) -> None:
        clock = self._state.clock
        if clock[PUBLISHER] == _NO_PUBLISHER:
            own = records["publisher_id"][records["instrument_id"] == self.instrument_id]
            if len(own):
                clock[PUBLISHER] = own[0]

    def _make_fill_room(self) -> None:
        old = self._state.event
        roomier = new_activity_state(prices=2, fills=2 * len(old.fills))
        roomier.usage[:] = old.usage
        roomier.usage[FILLS_USED] = 0
        enter_current_fills(old, roomier)
        self._state = self._state._replace(event=roomier)
