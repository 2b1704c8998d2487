"""The studies of signals: their one order, their agreement, what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.joined_rows import join_rows
from ticktape.flow.signal_order import SignalOrder, in_order
from ticktape.flow.signals.confluence import Confluence, confluence_signals
from ticktape.flow.signals.outcomes import Outcomes
from ticktape.flow.signals.rows import CONFLUENCE, OUTCOME
from ticktape.flow.signals.signal import SIGNAL
from ticktape.flow.signals.win_rates import WinRates


class SignalStudies:
    """Takes the signals of all studies; tells them in order, with confluences and outcomes.

    Parameters
    ----------
    tick : int
        The instrument's tick in 1e-9.
    settings : FlowSettings
        Those of confluence and outcomes are used.
    """

    rows: ClassVar = {"signals": SIGNAL, "confluences": CONFLUENCE, "outcomes": OUTCOME}

    def __init__(self, tick: int, settings: FlowSettings) -> None:
        self._order = SignalOrder()
        self._confluence = Confluence(settings.confluence)
        self._outcomes = Outcomes(tick, settings.outcomes)
        self.win_rates = WinRates(settings.outcomes.horizons_ns)

    @property
    def has_waiting(self) -> bool:
        """Whether there are signals that wait for the clock to pass them."""
        return len(self._order.waiting()) > 0

    @property
    def due_ns(self) -> int:
        """The first time at which an outcome is known."""
        return self._outcomes.due_ns

    def reset(self) -> None:
        """Forget everything."""
        self._order.reset()
        self._confluence.reset()
        self._outcomes.reset()
        self.win_rates.reset()

    def update(
        self, signals: Sequence[np.ndarray], prints: np.ndarray, clock_ns: int
    ) -> dict[str, np.ndarray]:
        """Take signals and prints, and give the rows that are due.

        Parameters
        ----------
        signals : sequence of numpy.ndarray
            dtype ``SIGNAL``, of each study.
        prints : numpy.ndarray
            dtype ``PRINT``: those that they came with.
        clock_ns : int
            The clock after them.

        Returns
        -------
        dict of str to numpy.ndarray
            ``signals`` (confluences among them), ``confluences``, ``outcomes``; some may be empty.
        """
        given = self._order.take(signals, clock_ns)
        agreed = self._confluence.update(given, prints)
        if len(agreed):
            given = in_order(join_rows([given, confluence_signals(agreed)], SIGNAL))
        judged = self._outcomes.update(given, prints, clock_ns)
        if len(given) or len(judged):
            self.win_rates.update(given, judged)
        return {"signals": given, "confluences": agreed, "outcomes": judged}

    def current(self) -> dict[str, np.ndarray]:
        """Give the signals that wait for the clock, and the outcomes that are open."""
        return {"signals": self._order.waiting(), "outcomes": self._outcomes.current()}
