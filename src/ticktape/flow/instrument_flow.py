"""All studies of one instrument: records in, the rows of every study out."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.absorption.iceberg_signals import iceberg_signals
from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.instrument import FlowInstrument
from ticktape.flow.joined_rows import join_rows
from ticktape.flow.order_studies import OrderStudies
from ticktape.flow.print_hours import PrintHours
from ticktape.flow.print_studies import PrintStudies
from ticktape.flow.prints import PRINT, PRINT_SCHEMAS, PrintStream
from ticktape.flow.session_cutting import Piece, SessionCutter
from ticktape.flow.signal_studies import SignalStudies
from ticktape.flow.tally import Tally
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema
from ticktape.tape.session import Session
from ticktape.tape.sessions import Sessions

# Rows that were closed, by the name of their study; a study that closed none is not in it.
FlowRows = dict[str, np.ndarray]

_ALL_HOURS: Final = PrintHours()


class InstrumentFlow:
    """All studies of one instrument, in event time only.

    Records go in as they come, in any cutting and among those of other instruments; rows come out
    by the name of their study. The rows are the same, bit for bit, for a live stream, for a replay
    at any speed and for the file, as they depend on the records alone. Records of one schema that
    carries prints (``mbo`` or ``trades`` or …) are to be given, not the same trades twice.

    ``mbo`` records feed the studies of the order book too (icebergs, pulling and stacking).

    The names of the rows, each study's fields documented beside its dtype:

    ==================  ============================================================
    ``bars``            ``session``: time bars
    ``levels``          ``session``: previous day, overnight, opening range, VWAP
    ``windows``         ``aggression``: bubbles, one for each second with a trade
    ``sweeps``          ``aggression``: prints of one event, merged
    ``cvd``             ``aggression``: one a window, by session, continuous, buckets
    ``flips``           ``aggression``: zero crossings and reversals
    ``divergences``     ``aggression``
    ``developing``      ``profile``: POC and value area
    ``footprints``      ``profile``: one a bar
    ``footprint_levels``  ``profile``: the prices of the bars
    ``stacks``          ``profile``: stacked imbalances of the bars
    ``naked_pocs``      ``profile``: when they end
    ``legs``            ``profile``: impulse legs
    ``leg_nodes``       ``profile``: low-volume nodes in legs
    ``absorptions``     ``absorption``: events
    ``zones``           ``absorption``: in ``current()`` only, those that live
    ``icebergs``        ``absorption``: of ``mbo`` only
    ``touch``           ``absorption``: of ``mbo`` only
    ``signals``         ``signals``: of all studies in one order, confluences among them
    ``confluences``     ``signals``: which kinds agreed
    ``outcomes``        ``signals``: what became of each, at both horizons
    ==================  ============================================================

    Parameters
    ----------
    instrument : FlowInstrument
        Whose records are studied.
    settings : FlowSettings, optional
        Of every study; the defaults by default.
    hours : PrintHours
        Which of its prints; by default all.

    Attributes
    ----------
    instrument : FlowInstrument
        As given.
    settings : FlowSettings
        As given.
    rows : dict of str to numpy.dtype
        The names of all studies, and what each emits.
    prints : PrintStudies
        The studies, to be asked: ``prints.profile.levels()``, ``prints.levels.current()``, ….
    orders : OrderStudies
        Those of the order book.
    signals : SignalStudies
        ``signals.win_rates.rates()``.
    newest : numpy.ndarray
        dtype ``PRINT``: the prints of the last batch, at any hours.

    Examples
    --------
    >>> flow = InstrumentFlow(flow_instrument("NQZ5", 42004880))
    >>> for batch in batches:
    ...     for name, rows in flow.update(batch).items():    # {"windows": …, "signals": …}
    ...         send(name, rows)
    >>> flow.current()                                       # the same names: rows still open
    """

    def __init__(
        self,
        instrument: FlowInstrument,
        settings: FlowSettings | None = None,
        *,
        hours: PrintHours = _ALL_HOURS,
    ) -> None:
        self.instrument = instrument
        self._hours = hours
        self._stream = PrintStream(instrument.instrument_id, instrument.publisher_id)
        self._cutter = SessionCutter(Sessions(instrument.sessions))
        self._tally = Tally()
        settings = settings or FlowSettings()
        self.settings = settings
        self.prints = PrintStudies(instrument.tick, settings)
        self.signals = SignalStudies(instrument.tick, settings)
        self.orders = OrderStudies(instrument, settings)
        self.newest = np.empty(0, PRINT)
        self._beat_ns = 1
        self._quiet_until_ns = 0
        self.rows: dict[str, np.dtype] = {
            **self.prints.rows,
            **self.orders.rows,
            **self.signals.rows,
        }

    @property
    def clock_ns(self) -> int:
        """The latest time of any record of the instrument; 0 before the first."""
        return self._stream.clock_ns

    @property
    def session(self) -> Session | None:
        """The session that began last; None before the first record."""
        return self._cutter.session

    def sums(self) -> np.void:
        """Give the sums of all prints since the beginning, dtype ``TALLY``."""
        return self._tally.sums()

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
            a row closed.
        """
        if batch.schema not in PRINT_SCHEMAS:
            self.newest = self.newest[:0]
            return {}
        prints = self.newest = self._stream.take(batch.records)
        if batch.schema is Schema.MBO:
            self.orders.take(batch.records)
        if not self._stream.first_ns:
            return {}
        is_quiet = self.clock_ns < self._quiet_until_ns
        if is_quiet and not len(prints) and not self.orders.has_waiting:
            return {}
        closed: dict[str, list[np.ndarray]] = {}
        clock_ns = self._hours.clock(self.clock_ns)
        for piece in self._cutter.cut(prints, self._stream.first_ns, clock_ns):
            self._study(piece, closed)
        self._quiet_until_ns = self._next_news_ns(prints)
        # Nothing is in the padding of what a study gives: one array is as good as those joined.
        return {
            name: rows[0] if len(rows) == 1 else join_rows(rows, self.rows[name])
            for name, rows in closed.items()
        }

    def current(self) -> FlowRows:
        """Give the rows that are still open, by the study's name; names with rows only."""
        opened = self.prints.current() | self.orders.current() | self.signals.current()
        return {name: rows for name, rows in opened.items() if len(rows)}

    def reset(self) -> None:
        """Forget everything, as where a replay starts over."""
        self._quiet_until_ns = 0
        self._stream.reset()
        self._cutter.reset()
        self._tally.reset()
        self.prints.reset()
        self.orders.reset()
        self.signals.reset()

    def _study(self, piece: Piece, closed: dict[str, list[np.ndarray]]) -> None:
        if piece.begins is not None:
            self.prints.begin(piece.begins)
            self._beat_ns = self.settings.beat_ns(piece.begins)
        assert self.session is not None  # noqa: S101 -- a piece is of a session
        prints = self._hours.take(piece.prints, self.session)
        self._tally.update(prints)
        rows = self.prints.update(prints, piece.clock_ns)
        rows |= self.orders.until(piece.clock_ns, self._hours, self.session)
        signals = self.prints.signals
        if len(rows["icebergs"]):
            signals = [*signals, iceberg_signals(rows["icebergs"])]
        rows |= self.signals.update(signals, prints, piece.clock_ns)
        for name, some in rows.items():
            if len(some):
                closed.setdefault(name, []).append(some)

    # Most records of a book are no prints, and only move the clock: until something ends, closes or
    # falls due, the studies need not be told. What they give does not depend on when they are.
    def _next_news_ns(self, prints: np.ndarray) -> int:
        """Give the time before which a record without a print tells the studies nothing."""
        clock_ns = self.clock_ns
        is_open = len(prints) and prints["ts_event"][-1] == clock_ns
        if is_open or self.signals.has_waiting or self.session is None:
            return clock_ns + 1
        beat = clock_ns - (clock_ns - self.session.open_ns) % self._beat_ns + self._beat_ns
        return min(beat, self._cutter.next_open_ns, self.signals.due_ns)
