"""One instrument of the flow stream: its studies, and who watches them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec.json import Encoder

from ticktape.flow.instrument import FlowInstrument
from ticktape.flow.instrument_flow import FlowRows
from ticktape.flow.profile.footprint import Footprint, FootprintRows
from ticktape.flow.profile.range_profile import RangeProfile
from ticktape.flow.profile.rows import FOOTPRINT_LEVEL, STACK
from ticktape.server import flow_messages as said
from ticktape.server.flow_bars import (
    BARS_KEPT,
    DEFAULT_EVERY,
    ChosenBars,
    bar_messages,
    last_bars,
)
from ticktape.server.flow_states import STATES, profile_changes, session_stats
from ticktape.server.flow_studies import Event, FlowStudies
from ticktape.tape.batch import Batch

if TYPE_CHECKING:
    from ticktape.server.flow_client import FlowClient, FlowView

# Event time between two messages of the session's statistics.
STATS_NS: Final = 5_000_000_000
_PIECE_EVENTS: Final = 200
_NO_LEVELS: Final = np.zeros(0, FOOTPRINT_LEVEL)
_NO_STACKS: Final = np.zeros(0, STACK)

_encode = Encoder().encode


class FlowSymbol:
    """Tells whoever watches an instrument what its studies see.

    Parameters
    ----------
    instrument : FlowInstrument
        Which.
    studies : FlowStudies
        As far as they have come.
    is_default : bool
        Whether it is followed without anybody watching.

    Attributes
    ----------
    is_ready : bool
        Whether the studies have seen all up to now. Until then records wait.
    is_held : bool
        Whether nobody is to be told yet: the source is on its way to another time.
    waiting : deque of Batch
        Those that wait.
    """

    def __init__(
        self, instrument: FlowInstrument, studies: FlowStudies, *, is_default: bool
    ) -> None:
        self.instrument = instrument
        self.studies = studies
        self.is_default = is_default
        self.watchers: set[FlowClient] = set()
        self.is_ready = True
        self.is_held = False
        self.waiting: deque[Batch] = deque()
        self._chosen: dict[str, ChosenBars] = {}
        self._texts: dict[object, tuple[bytes, int]] = {}
        self._stats = b""
        self._stats_ns = -STATS_NS

    @property
    def symbol(self) -> str:
        """Its raw symbol."""
        return self.instrument.symbol

    @property
    def can_be_told(self) -> bool:
        """Whether what the studies have seen is what there is now."""
        return self.is_ready and not self.is_held

    def begin(self, studies: FlowStudies, *, is_ready: bool) -> None:
        """Go on with other studies: what the ones before have seen is void."""
        self.studies = studies
        self.is_ready = is_ready
        self.waiting.clear()
        self._chosen.clear()
        self._texts.clear()
        self._stats, self._stats_ns = b"", -STATS_NS

    def take(self, batch: Batch, *, tell: bool = True) -> None:
        """Take records, and tell whoever watches what they closed; or let them wait."""
        if not self.is_ready and tell:
            self.waiting.append(batch)
            return
        before = self.studies.engine.clock_ns
        rows = self.studies.take(batch)
        if not rows and before == self.studies.engine.clock_ns:
            return
        self._texts.clear()
        if not tell or not self.watchers:
            return
        events = list(self._events(rows))
        for client in self.watchers:
            client.send(self, events)
            client.stir(self)

    def _events(self, rows: FlowRows) -> Iterator[Event]:
        yield from self.studies.events(rows)
        if "footprints" in rows:
            levels = rows.get("footprint_levels", _NO_LEVELS)
            bars = FootprintRows(rows["footprints"], levels, rows.get("stacks", _NO_STACKS))
            yield from self._bars(DEFAULT_EVERY, bars)
        for every, chosen in self._chosen.items():
            closed = chosen.take(self.studies.engine.newest, self.studies.engine.clock_ns)
            yield from self._bars(every, closed)

    def _bars(self, every: str, rows: FootprintRows) -> Iterator[Event]:
        for message in bar_messages(self.symbol, every, rows, closed=True):
            yield Event(_encode(message), every=every)

    def choose_bars(self, every: str) -> None:
        """Make bars of another length from now on, and of what is kept of the past."""
        wanted = {view.every for client in self.watchers if (view := client.views.get(self))}
        for unused in set(self._chosen) - wanted:
            del self._chosen[unused]
        if every != DEFAULT_EVERY and every not in self._chosen and self.is_ready:
            prints = self.studies.prints.prints_between(0, 1 << 62)
            engine = self.studies.engine
            self._chosen[every] = ChosenBars(
                self.instrument, every, prints, engine.clock_ns, engine.settings.footprint
            )

    def no_prints(self) -> RangeProfile:
        """Give a profile of nothing: what there is while a past is studied."""
        return RangeProfile(self.instrument.tick, 1)

    def snapshot(self, view: FlowView, reason: str) -> Iterator[bytes]:
        """Give the past as it stands now and everything as it stands, in frames."""
        self.choose_bars(view.every)
        view.sent.clear()
        view.profile_revision = view.composite_revision = 0
        studies = self.studies
        clock = str(studies.engine.clock_ns)
        begin = said.Begin(self.symbol, clock, reason, studies.by_order)
        footprint = self._footprint(view.every)
        closed = last_bars(footprint.kept(), BARS_KEPT)
        return self._pieces(view, begin, studies.past(), closed)

    def _footprint(self, every: str) -> Footprint:
        if every in self._chosen:
            return self._chosen[every].footprint
        return self.studies.engine.prints.footprint

    def _pieces(
        self, view: FlowView, begin: said.Begin, past: Iterator[Event], bars: FootprintRows
    ) -> Iterator[bytes]:
        texts = [_encode(begin)]
        for events in (past, self._bars(view.every, bars)):
            for event in events:
                if view.wants(event):
                    texts.append(event.text)
                if len(texts) >= _PIECE_EVENTS:
                    yield joined(texts)
                    texts = []
        texts += self.states(view)
        texts.append(_encode(said.Caught(begin.symbol, begin.ts_ns)))
        yield joined(texts)

    def states(self, view: FlowView) -> list[bytes]:
        """Write what stands otherwise than a client was told; it counts as told then."""
        text, view.profile_revision = self._profile(view.profile_revision)
        found = [text]
        if view.sessions:
            text, view.composite_revision = self._profile(view.composite_revision, view.sessions)
            found.append(text)
        states = [(view.every, lambda: (self._open_bar(view.every), 0))]
        states += [(name, _state(make, self.studies)) for name, make in STATES.items()]
        for name, make in states:
            text, _ = self._once(name, make)
            if text and view.sent.get(name) != text:
                view.sent[name] = text
                found.append(text)
        stats = self._session_stats()
        if view.sent.get("stats") != stats:
            view.sent["stats"] = stats
            found.append(stats)
        return [text for text in found if text and view.reads(text)]

    def _profile(self, since: int, sessions: int = 0) -> tuple[bytes, int]:
        def make() -> tuple[bytes, int]:
            message, revision = profile_changes(self.studies, since, sessions)
            return b"" if message is None else _encode(message), revision

        return self._once(("profile", since, sessions), make)

    def _once(self, name: object, make: Callable[[], tuple[bytes, int]]) -> tuple[bytes, int]:
        """Write a state once for all who watch, until the next records."""
        if name not in self._texts:
            self._texts[name] = make()
        return self._texts[name]

    def _open_bar(self, every: str) -> bytes:
        rows = self._footprint(every).open_bar()
        for message in bar_messages(self.symbol, every, rows, closed=False):
            return _encode(message)
        return b""

    def _session_stats(self) -> bytes:
        clock_ns = self.studies.engine.clock_ns
        if clock_ns >= self._stats_ns + STATS_NS:
            self._stats_ns = clock_ns
            self._stats = _encode(session_stats(self.studies))
        return self._stats


def _state(
    make: Callable[[FlowStudies], said.Said], studies: FlowStudies
) -> Callable[[], tuple[bytes, int]]:
    return lambda: (_encode(make(studies)), 0)


def joined(texts: list[bytes]) -> bytes:
    """Make one frame of messages: of several a list."""
    return texts[0] if len(texts) == 1 else b"[" + b",".join(texts) + b"]"
