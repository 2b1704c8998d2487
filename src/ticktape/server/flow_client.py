"""What waits for one client of the flow stream: bounded, the rest told anew."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.json import Encoder

from ticktape.ops.metrics import CLIENT_CONFLATIONS, CLIENT_DROPS
from ticktape.server.flow_bars import DEFAULT_EVERY
from ticktape.server.flow_messages import Begin, Error, Said
from ticktape.server.flow_studies import Event
from ticktape.server.flow_symbol import joined
from ticktape.server.symbol_query import AskedSymbols
from ticktape.tape.errors import TicktapeError

if TYPE_CHECKING:
    from ticktape.server.flow_symbol import FlowSymbol

NOTICES_WAITING: Final = 256
STATES_SECONDS: Final = 0.1
_FRAME_BYTES: Final = 1 << 16
_LATE_SECONDS: Final = 0.25
_TYPE_AT: Final = len(b'{"type":"')
_DROPS: Final = CLIENT_DROPS.labels("flow")
_CONFLATIONS: Final = CLIENT_CONFLATIONS.labels("flow")

_encode = Encoder().encode


class FlowSubscription(NamedTuple):
    """What a client of ``/ws/flow`` asks for; no types for all."""

    asked: AskedSymbols
    min_size: int
    types: frozenset[bytes] | None = None


@dataclass
class FlowView:
    """How a client is sent one instrument, and what it has been told of its states."""

    min_size: int
    every: str = DEFAULT_EVERY
    profile_revision: int = 0
    # Sessions of the composite profile, and what was told of it; none where it was not asked for.
    sessions: int = 0
    composite_revision: int = 0
    sent: dict[str, bytes] = field(default_factory=dict)
    types: frozenset[bytes] | None = None

    def wants(self, event: Event) -> bool:
        """Tell whether the client wants an event."""
        if not self.reads(event.text):
            return False
        if event.bubble_size >= 0:
            return event.bubble_size >= self.min_size
        return not event.every or event.every == self.every

    def reads(self, text: bytes) -> bool:
        """Tell whether a message is of a type that the client reads."""
        # Every message begins with its type.
        return self.types is None or text[_TYPE_AT : text.index(b'"', _TYPE_AT)] in self.types


class FlowClient:
    """One client's waiting room.

    Events wait in order, at most ``most_bytes`` of them; beyond that all that waits is dropped and
    every instrument begins anew. States are read when they are sent, so the latest one is.

    Parameters
    ----------
    subscription : FlowSubscription
        What it asked for.
    most_bytes : int
        The most that waits.
    """

    def __init__(self, subscription: FlowSubscription, most_bytes: int) -> None:
        self.subscription = subscription
        self.min_size = subscription.min_size
        self.views: dict[FlowSymbol, FlowView] = {}
        # Those of the screen, as they were when it came.
        self.settings: dict[str, Any] = {}
        self._refused: set[tuple[str, str]] = set()
        self.wake = asyncio.Event()
        self.closing = False
        self._most_bytes = most_bytes
        self._notices: deque[bytes] = deque(maxlen=NOTICES_WAITING)
        self._events: deque[bytes] = deque()
        self._bytes = 0
        self._behind: dict[FlowSymbol, str] = {}
        self._stirred: dict[FlowSymbol, float] = {}
        self._states_due = 0.0
        self._snapshot: tuple[FlowSymbol, Iterator[bytes]] | None = None

    @property
    def waiting(self) -> int:
        """Messages that wait."""
        return len(self._events) + len(self._notices)

    def notify(self, message: Said) -> None:
        """Let a message wait that goes before all others."""
        self._notices.append(_encode(message))
        self.wake.set()

    def refuse(self, error: TicktapeError) -> None:
        """Let the client be told that something it asked cannot be done."""
        self.notify(Error(str(error.args[0]), error.code, error.hint))

    def refuse_once(self, about: str, error: TicktapeError) -> None:
        """Let the client be told of something that it asked in its query, the first time."""
        if (about, error.code) not in self._refused:
            self._refused.add((about, error.code))
            self.refuse(error)

    @property
    def has_notices(self) -> bool:
        """Whether a message waits that goes before all others."""
        return bool(self._notices)

    def set_min_size(self, min_size: int, symbol: FlowSymbol | None) -> None:
        """Be sent no smaller bubbles from now on: of one instrument, or of all."""
        if symbol is None:
            self.min_size = min_size
        for one in self.views if symbol is None else (symbol,):
            self.views[one].min_size = min_size

    def set_bars(self, symbol: FlowSymbol, every: str) -> None:
        """Be sent bars of another length from now on."""
        if self.views[symbol].every != every:
            self.views[symbol].every = every
            self.begin(symbol, "bars")

    def set_composite(self, symbol: FlowSymbol, sessions: int) -> None:
        """Be sent the profile of so many sessions too from now on; 0: no more."""
        view = self.views[symbol]
        view.sessions, view.composite_revision = sessions, 0
        self.stir(symbol)

    def watch(self, symbol: FlowSymbol) -> None:
        """Be sent an instrument, from its past on."""
        self.views[symbol] = FlowView(self.min_size, types=self.subscription.types)
        symbol.watchers.add(self)
        self.begin(symbol, "joined")

    def leave(self, symbol: FlowSymbol) -> None:
        """Be sent nothing more of an instrument; what waits of it is sent."""
        del self.views[symbol]
        symbol.watchers.discard(self)
        self._behind.pop(symbol, None)
        self._stirred.pop(symbol, None)
        self._stop_snapshot(symbol)

    def begin(self, symbol: FlowSymbol, reason: str) -> None:
        """Be told an instrument's past anew, as soon as its studies have seen it."""
        self._behind[symbol] = reason
        self._stirred.pop(symbol, None)
        self._stop_snapshot(symbol)
        self.wake.set()

    def reset(self) -> None:
        """Forget all that waits: it is of a time that the source has left."""
        self._events.clear()
        self._bytes = 0
        for symbol in self.views:
            # At once, so that nothing after the cursor stays in sight while the past is studied.
            self.notify(Begin(symbol.symbol, "0", "reset", symbol.studies.by_order))
            self.begin(symbol, "reset")

    def _stop_snapshot(self, symbol: FlowSymbol) -> None:
        if self._snapshot is not None and self._snapshot[0] is symbol:
            self._snapshot = None

    def send(self, symbol: FlowSymbol, events: Iterable[Event]) -> None:
        """Let events of an instrument wait, or drop them where too much waits."""
        if symbol in self._behind:
            return
        view = self.views[symbol]
        for event in events:
            if not view.wants(event):
                continue
            if self._bytes + len(event.text) > self._most_bytes:
                self._overflow()
                return
            self._events.append(event.text)
            self._bytes += len(event.text)
        if self._events:
            self.wake.set()

    def _overflow(self) -> None:
        _DROPS.inc(len(self._events) + 1)
        self._events.clear()
        self._bytes = 0
        self._snapshot = None
        for symbol in self.views:
            self._behind.setdefault(symbol, "slow")
        self.wake.set()

    def stir(self, symbol: FlowSymbol) -> None:
        """Note that an instrument's states may have changed."""
        if symbol in self._behind:
            return
        now = asyncio.get_running_loop().time()
        since = self._stirred.setdefault(symbol, now)
        if now > max(since, self._states_due) + _LATE_SECONDS:
            _CONFLATIONS.inc()
        self.wake.set()

    def seconds_left(self, now: float) -> float | None:
        """Tell how long to wait at most for the next states; None where none wait."""
        return max(0.0, self._states_due - now) if self._stirred else None

    def take(self, now: float) -> bytes | None:
        """Take the next frame; None where none is due."""
        if self._notices:
            return self._take_notices()
        piece = self._take_piece()
        if piece is not None:
            return piece
        if self._events:
            return self._take_events()
        if self._stirred and now >= self._states_due:
            return self._take_states(now)
        return None

    def _take_notices(self) -> bytes:
        texts = list(self._notices)
        self._notices.clear()
        return joined(texts)

    def _take_piece(self) -> bytes | None:
        """Take the next piece of a past that is being told, or begin one."""
        while True:
            if self._snapshot is not None:
                piece = next(self._snapshot[1], None)
                if piece is not None:
                    return piece
                self._snapshot = None
            # What came before another past begins goes first.
            if self._events:
                return None
            symbol = next((one for one in self._behind if one.can_be_told), None)
            if symbol is None:
                return None
            reason = self._behind.pop(symbol)
            self._snapshot = symbol, symbol.snapshot(self.views[symbol], reason)

    def _take_events(self) -> bytes:
        texts, size = [], 0
        while self._events and size < _FRAME_BYTES:
            text = self._events.popleft()
            texts.append(text)
            size += len(text)
        self._bytes -= size
        return joined(texts)

    def _take_states(self, now: float) -> bytes | None:
        self._states_due = now + STATES_SECONDS
        stirred, self._stirred = self._stirred, {}
        texts = [text for symbol in stirred for text in symbol.states(self.views[symbol])]
        return joined(texts) if texts else None
