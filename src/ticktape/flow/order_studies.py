"""The studies of an instrument's orders: where its records are of the ``mbo`` schema."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ticktape.flow.absorption.order_activity import OrderActivity
from ticktape.flow.absorption.rows import ICEBERG, TOUCH
from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.instrument import FlowInstrument
from ticktape.flow.joined_rows import join_rows
from ticktape.flow.print_hours import PrintHours
from ticktape.tape.session import Session


class OrderStudies:
    """Keeps the book of an instrument, and tells of icebergs, pulling and stacking in it.

    Without ``mbo`` records there is no book, and nothing costs anything.

    Parameters
    ----------
    instrument : FlowInstrument
        Whose orders.
    settings : FlowSettings
        Those of orders are used.
    """

    rows: ClassVar = {"icebergs": ICEBERG, "touch": TOUCH}

    def __init__(self, instrument: FlowInstrument, settings: FlowSettings) -> None:
        self._instrument = instrument
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Forget everything, the book too."""
        self.activity: OrderActivity | None = None
        self._waiting = {name: np.empty(0, dtype) for name, dtype in self.rows.items()}

    @property
    def has_waiting(self) -> bool:
        """Whether there are rows that :meth:`until` has not given yet."""
        return any(map(len, self._waiting.values()))

    def take(self, records: np.ndarray) -> None:
        """Take records of the ``mbo`` schema; what they close is given by :meth:`until`."""
        if self.activity is None:
            instrument = self._instrument
            self.activity = OrderActivity(
                instrument.instrument_id,
                instrument.tick,
                instrument.publisher_id,
                self._settings.orders,
            )
        closed = self.activity.update(records)
        for name, rows in (("icebergs", closed.icebergs), ("touch", closed.touches)):
            if len(rows):
                self._waiting[name] = join_rows([self._waiting[name], rows], self.rows[name])

    def until(self, clock_ns: int, hours: PrintHours, session: Session) -> dict[str, np.ndarray]:
        """Give the rows up to a time.

        Parameters
        ----------
        clock_ns : int
            The time; what is known at it is given too.
        hours : PrintHours
            Only rows within them are given; a window at the touch is where it ends.
        session : Session
            The session that the rows are of.

        Returns
        -------
        dict of str to numpy.ndarray
            ``icebergs`` and ``touch``; either may be empty.
        """
        given = {}
        for name, waiting in self._waiting.items():
            known = waiting
            if len(waiting):
                at = int(waiting["ts_ns"].searchsorted(clock_ns, side="right"))
                known, self._waiting[name] = waiting[:at], waiting[at:]
                # A window that ends as the regular hours begin is one before them.
                times = known["ts_ns"] - (name == "touch")
                known = hours.select(known, times, session)
            given[name] = known
        return given

    def current(self) -> dict[str, np.ndarray]:
        """Give the window at the touch that is open."""
        return {} if self.activity is None else {"touch": self.activity.current()}
