"""All studies of one instrument: records in, the rows of every study out."""

from __future__ import annotations

import numpy as np

from ticktape.flow.joined_rows import join_rows
from ticktape.flow.prints import PrintStream
from ticktape.flow.session_cutting import SessionCutter, Sessions
from ticktape.flow.signal_order import SignalOrder
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema
from ticktape.tape.session import Session

# Rows that were closed, by the name of their study; a study that closed none is not in it.
FlowRows = dict[str, np.ndarray]

PRINT_SCHEMAS = frozenset(
    {
        Schema.MBO,
        Schema.TRADES,
        Schema.TBBO,
        Schema.MBP_1,
        Schema.MBP_10,
        Schema.CMBP_1,
        Schema.TCBBO,
    }
)


class InstrumentFlow:
    """All studies of one instrument, in event time only.

    Records go in as they come, in any cutting and among those of other instruments; rows come out
    by the name of their study. The rows are the same, bit for bit, for a live stream, for a replay
    at any speed and for the file, as they depend on the records alone. One kind of records that
    carry prints (``mbo`` or ``trades`` or …) may be given, not two of the same trades.

    ``mbo`` records feed the studies of the order book too (icebergs, pulling and stacking).

    Parameters
    ----------
    instrument_id : int
        The instrument.
    sessions : Sessions
        Of its exchange.
    publisher_id : int, optional
        The publisher; every one of the instrument's by default.

    Attributes
    ----------
    rows : dict of str to numpy.dtype
        The names of all studies, and what each emits.
    clock_ns : int
        The latest time of any record of the instrument; 0 before the first.
    session : Session or None
        The session that began last.

    Examples
    --------
    >>> flow = InstrumentFlow(instrument)
    >>> closed = flow.update(batch)              # {"windows": rows, "signals": rows, …}
    >>> for name, rows in closed.items(): ...
    >>> flow.current()                           # the same names: rows still open
    """

    def __init__(
        self, instrument_id: int, sessions: Sessions, publisher_id: int | None = None
    ) -> None:
        self._stream = PrintStream(instrument_id, publisher_id)
        self._cutter = SessionCutter(sessions)
        self._signals = SignalOrder()
        self.rows: dict[str, np.dtype] = {}

    @property
    def clock_ns(self) -> int:
        """The latest time of any record of the instrument; 0 before the first."""
        return self._stream.clock_ns

    @property
    def session(self) -> Session | None:
        """The session that began last; None before the first record."""
        return self._cutter.session

    def update(self, batch: Batch) -> FlowRows:
        """Take a batch, and give the rows that it closes.

        Parameters
        ----------
        batch : Batch
            Of any schema; one without prints, or of other instruments only, closes nothing.

        Returns
        -------
        dict of str to numpy.ndarray
            By the study's name, of dtype ``rows[name]``, in the order of time; only names of which
            a row closed. ``"signals"`` are the studies' in one order, confluences among them.
        """
        if batch.schema not in PRINT_SCHEMAS:
            return {}
        prints = self._stream.take(batch.records)
        if not self._stream.first_ns:
            return {}
        closed: dict[str, list[np.ndarray]] = {}
        for piece in self._cutter.cut(prints, self._stream.first_ns, self.clock_ns):
            if piece.begins is not None:
                self._begin(piece.begins)
            self._study(piece.prints, piece.clock_ns, closed)
        return {name: join_rows(rows, self.rows[name]) for name, rows in closed.items()}

    def current(self) -> FlowRows:
        """Give the rows that are still open, by the study's name."""
        return {}

    def reset(self) -> None:
        """Forget everything, as where a replay starts over."""
        self._stream.reset()
        self._cutter.reset()
        self._signals.reset()

    def _begin(self, session: Session) -> None: ...

    def _study(
        self, prints: np.ndarray, clock_ns: int, closed: dict[str, list[np.ndarray]]
    ) -> None: ...
