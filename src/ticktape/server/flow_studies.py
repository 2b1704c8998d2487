"""The studies of one instrument as the stream tells them: what they closed, the latest of it."""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from msgspec.json import Encoder

from ticktape.flow.instrument import FlowInstrument
from ticktape.flow.instrument_flow import FlowRows, InstrumentFlow
from ticktape.flow.profile.range_profile import RangeProfile
from ticktape.flow.profile.rows import LEG_NODE
from ticktape.flow.signals.rows import Outcome
from ticktape.flow.signals.signal import SignalKind
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, Thresholds
from ticktape.server import flow_rows
from ticktape.server.flow_hours import SessionList, iso_date
from ticktape.server.flow_messages import Bubble, Confluence, Said
from ticktape.server.flow_session import SessionCounts
from ticktape.store.signal_rows import (
    HORIZONS,
    KeptOutcome,
    KeptSession,
    KeptSignal,
    SignalRow,
    row_of,
    session_name,
    signal_name,
)
from ticktape.tape.batch import Batch
from ticktape.tape.session import Session
from ticktape.tape.sessions import Sessions

# Signals that a late joiner is told, and legs.
SIGNALS_KEPT: Final = 1_000
LEGS_KEPT: Final = 50
PRINTS_KEPT: Final = 1 << 20
_RESULTS: Final = {int(Outcome.WIN): 1, int(Outcome.BREAKEVEN): 0, int(Outcome.LOSS): -1}
_OUTCOME: Final = [
    "ts_ns",
    "horizon_ns",
    "signal_ns",
    "price",
    "price_after",
    "kind",
    "direction",
    "outcome",
]
_NO_NODES: Final = np.zeros(0, LEG_NODE)

_encode = Encoder().encode


class Origin(NamedTuple):
    """Whose signals they are: the dataset that they are kept under, and the source's mode."""

    dataset: str
    mode: str


class Event(NamedTuple):
    """A message that is sent once.

    Attributes
    ----------
    text : bytes
        JSON.
    bubble_size : int
        Of a bubble, its size; else -1.
    every : str
        Of a bar, its length; else empty.
    """

    text: bytes
    bubble_size: int = -1
    every: str = ""


class RowRing:
    """The latest rows of one study."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: deque[np.ndarray] = deque()
        self._count = 0

    def append(self, rows: np.ndarray) -> None:
        """Add rows, and forget the oldest."""
        if not len(rows):
            return
        self._pieces.append(rows[-self._most :])
        self._count += len(self._pieces[-1])
        while self._count - len(self._pieces[0]) >= self._most:
            self._count -= len(self._pieces.popleft())

    def rows(self) -> np.ndarray | None:
        """Give them, oldest first; None without any."""
        if not self._pieces:
            return None
        if len(self._pieces) > 1:
            self._pieces = deque([np.concatenate(list(self._pieces))])
            self._count = len(self._pieces[0])
        return self._pieces[0][-self._most :]


class FlowStudies:
    """Runs the studies of one instrument.

    Parameters
    ----------
    instrument : FlowInstrument
        Whose.
    origin : Origin
        What its signals are kept under.
    by_order : str
        How much of the past the studies of orders see: ``all``, ``since`` or ``none``.
    kept_until_ns : int
        Until when signals and outcomes have been written already.
    thresholds : Thresholds
        Of the studies.

    Attributes
    ----------
    rules : str
        By which its signals are made; empty by the default thresholds.
    thresholds : dict of str to str
        Those that are not the defaults.
    engine : InstrumentFlow
        The studies.
    prints : RangeProfile
        Its latest prints.
    kept : list
        Sessions, signals and outcomes to be written; whoever writes them takes them away.
    hours : SessionList
        The sessions that it has traded in.
    signals : OrderedDict
        The latest signals by their identifiers, with what came of them.
    """

    def __init__(
        self,
        instrument: FlowInstrument,
        origin: Origin,
        by_order: str,
        kept_until_ns: int = 0,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
    ) -> None:
        self.symbol = instrument.symbol
        self.engine = InstrumentFlow(instrument, thresholds.settings_of(self.symbol))
        self.rules = thresholds.rules_of(self.symbol)
        self.thresholds = thresholds.texts_of(self.symbol)
        self._of_signals = json.dumps(thresholds.signal_texts_of(self.symbol))
        self.by_order = by_order
        self.prints = RangeProfile(instrument.tick, PRINTS_KEPT)
        self.kept: list[KeptSession | KeptSignal | KeptOutcome] = []
        self.signals: OrderedDict[str, SignalRow] = OrderedDict()
        # The confluences that a late joiner is told, which may be older than the latest signals.
        self._agreed: OrderedDict[str, SignalRow] = OrderedDict()
        lengths_ns = self.engine.settings.outcomes.horizons_ns
        self._horizons = dict(zip(lengths_ns, HORIZONS, strict=True))
        self.counts = SessionCounts(self._horizons)
        self.legs: deque[tuple[np.void, np.ndarray]] = deque(maxlen=LEGS_KEPT)
        self.last_price: int | None = None
        self.buckets = len(self.engine.settings.cvd.bounds_contracts) + 1
        self._origin = origin
        self._sessions = Sessions(instrument.sessions)
        self._session: Session | None = None
        self.hours = SessionList(self._sessions)
        self._kept_until_ns = kept_until_ns
        # The signals of the latest time, and the session that was named last.
        self._at_ns = 0
        self._at: set[tuple[int, ...]] = set()
        self._named = (0, 0, "")
        self.rings = {name: RowRing(most) for name, most in flow_rows.KEPT.items()}

    def take(self, batch: Batch) -> FlowRows:
        """Take records, of any instrument, and give the rows that they close."""
        rows = self.engine.update(batch)
        own = self.engine.newest
        if len(own):
            self.prints.update(own)
            self.last_price = int(own["price"][-1])
        self._note_session()
        for name, ring in self.rings.items():
            if name in rows:
                ring.append(_told(name, rows[name]))
        self._take_legs(rows)
        if "signals" in rows:
            self._take_signals(rows["signals"])
        if "outcomes" in rows:
            self._take_outcomes(rows["outcomes"])
        return rows

    def _note_session(self) -> None:
        session = self.engine.session
        if session is None or session == self._session:
            return
        first = self.engine.newest["ts_event"][:1].tolist() or [session.open_ns]
        self.hours.reach(min(*first, session.open_ns), session)
        self._session = session
        self.counts.begin(session.open_ns)
        self.kept.append(
            KeptSession(
                *self._origin,
                self.symbol,
                iso_date(session),
                session.open_ns,
                session.close_ns,
                self.rules,
                self._of_signals,
            )
        )

    def _take_legs(self, rows: FlowRows) -> None:
        at = 0
        for leg in rows.get("legs", ()):
            count = int(leg["nodes"])
            self.legs.append((leg, rows["leg_nodes"][at : at + count] if count else _NO_NODES))
            at += count

    def _take_signals(self, rows: np.ndarray) -> None:
        # Of a long past only the latest will be told.
        first_told = len(rows) - 2 * SIGNALS_KEPT
        for number, row in enumerate(rows.tolist()):
            ts_ns, price, low, high, amount, kind, direction, strength, score = row
            if self._is_repeated((kind, ts_ns, direction, price), ts_ns):
                continue
            if ts_ns > self.counts.start_ns:
                self.counts.add(kind, direction)
            is_kept = ts_ns <= self._kept_until_ns
            is_agreement = kind == SignalKind.CONFLUENCE
            if is_kept and number < first_told and not is_agreement:
                continue
            kept = KeptSignal(
                self._origin.dataset,
                self.symbol,
                kind,
                ts_ns,
                direction,
                price,
                self._session_name(ts_ns),
                low,
                high,
                strength,
                score,
                amount,
                self.rules,
            )
            if not is_kept:
                self.kept.append(kept)
            if number >= first_told or is_agreement:
                signal = row_of(kept, ts_ns)
                self.signals[kept.name] = signal
                if is_agreement:
                    self._agreed[kept.name] = signal
        while len(self.signals) > SIGNALS_KEPT:
            self.signals.popitem(last=False)
        while len(self._agreed) > flow_rows.KEPT["confluences"]:
            self._agreed.popitem(last=False)

    def _is_repeated(self, signal: tuple[int, ...], ts_ns: int) -> bool:
        """Tell of two of one kind, time, direction and price, which are one signal, the second."""
        if ts_ns != self._at_ns:
            self._at_ns = ts_ns
            self._at.clear()
        if signal in self._at:
            return True
        self._at.add(signal)
        return False

    def _session_name(self, ts_ns: int) -> str:
        # What ends with a session is of that session.
        before_ns = ts_ns - 1
        begin_ns, end_ns, name = self._named
        if not begin_ns <= before_ns < end_ns:
            session = self._sessions.at(before_ns)
            name = session_name(self.symbol, iso_date(session), self.rules)
            self._named = session.open_ns, self._sessions.after(session).open_ns, name
        return name

    def _take_outcomes(self, rows: np.ndarray) -> None:
        self.counts.judge(rows)
        first_told = len(rows) - 4 * SIGNALS_KEPT
        for number, row in enumerate(rows[_OUTCOME].tolist()):
            known_ns, horizon_ns, ts_ns, price, price_after, kind, direction, outcome = row
            horizon, result = self._horizons[horizon_ns], _RESULTS.get(outcome)
            is_kept = known_ns <= self._kept_until_ns
            is_told = number >= first_told or kind == SignalKind.CONFLUENCE
            if result is None or (is_kept and not is_told):
                continue
            name = signal_name(self.symbol, kind, ts_ns, direction, price)
            if not is_kept:
                dataset, known = self._origin.dataset, (horizon, known_ns, price_after, result)
                self.kept.append(KeptOutcome(dataset, name, *known, self.rules))
            told = self._agreed.get(name) or self.signals.get(name)
            if told is not None:
                told.judge(horizon, price_after, result)

    def events(self, rows: FlowRows) -> Iterator[Event]:
        """Write what closed as messages; signals after what they are made of."""
        for name, tell in flow_rows.EVENTS.items():
            if name not in rows:
                continue
            for message in tell(self.symbol, rows[name]):
                if isinstance(message, Confluence) and message.id in self._agreed:
                    signal = self._agreed[message.id]
                    message.price_after1m = signal.price_after_1m
                    message.price_after5m = signal.price_after_5m
                yield event_of(message)
            if name == "windows" and "cvd" in rows:
                yield from self._points(rows["cvd"])
        if "cvd" in rows and "windows" not in rows:
            yield from self._points(rows["cvd"])
        for row in self._of(rows.get("signals")):
            yield Event(signal_text(row))
        if "outcomes" in rows:
            for message in flow_rows.outcomes(self.symbol, rows["outcomes"], self._horizons):
                yield event_of(message)

    def _points(self, rows: np.ndarray) -> Iterator[Event]:
        for message in flow_rows.cvd_points(self.symbol, rows, self.buckets):
            yield event_of(message)

    def _of(self, rows: np.ndarray | None) -> Iterator[SignalRow]:
        if rows is None:
            return
        names = ["kind", "ts_ns", "direction", "price"]
        for name in dict.fromkeys(signal_name(self.symbol, *row) for row in rows[names].tolist()):
            if name in self.signals:
                yield self.signals[name]

    def past(self) -> Iterator[Event]:
        """Write the latest of each kind of event, oldest first; as it stood at the first call."""
        found = {
            name: rows for name, ring in self.rings.items() if (rows := ring.rows()) is not None
        }
        signals = [signal_text(row) for row in self.signals.values()]
        return self._past(found, signals)

    def _past(self, found: FlowRows, signals: list[bytes]) -> Iterator[Event]:
        yield from self.events(found)
        for text in signals:
            yield Event(text)


def _told(name: str, rows: np.ndarray) -> np.ndarray:
    """Leave out events of absorption that are not worth telling."""
    return rows[rows["is_told"] == 1] if name == "absorptions" else rows


def event_of(message: Said) -> Event:
    """Write a message that is sent once."""
    size = message.size if isinstance(message, Bubble) else -1
    return Event(_encode(message), size)


def signal_text(row: SignalRow) -> bytes:
    """Write the message of a signal: its row, with a type."""
    return b'{"type":"Signal",' + _encode(row)[1:]
