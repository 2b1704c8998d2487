"""Prints cut at the opens of their exchange's sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np

from ticktape.tape.session import Session


class Sessions(Protocol):
    """The sessions of an exchange: ``ticktape.tape.sessions.Sessions``."""

    def at(self, ns: int) -> Session:
        """Give the session that opened last at a time, or before it."""
        ...

    def after(self, session: Session) -> Session:
        """Give the session that follows one."""
        ...


class Piece(NamedTuple):
    """A run of prints of one session.

    Attributes
    ----------
    begins : Session or None
        The session that begins before these prints; None where the one before goes on.
    prints : numpy.ndarray
        dtype ``PRINT``.
    clock_ns : int
        The clock after them: at most the next session's open.
    """

    begins: Session | None
    prints: np.ndarray
    clock_ns: int


class SessionCutter:
    """Cuts prints where sessions open.

    Every session that opens between two times of the clock begins, one without a print too, so
    that what begins depends on the times of the records alone. What is printed after a session's
    close and before the next open still belongs to the one that closed.

    Parameters
    ----------
    sessions : Sessions
        The instrument's.

    Attributes
    ----------
    session : Session or None
        The one that began last.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.session: Session | None = None
        self._next: Session | None = None

    @property
    def next_open_ns(self) -> int:
        """When the next session opens; 0 before the first one."""
        return 0 if self._next is None else self._next.open_ns

    def reset(self) -> None:
        """Forget which session it is."""
        self.session = None
        self._next = None

    def cut(self, prints: np.ndarray, first_ns: int, clock_ns: int) -> Iterator[Piece]:
        """Cut prints.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``: times never fall.
        first_ns : int
            The clock at the first record that came with them: it tells the first session.
        clock_ns : int
            The clock after them.

        Yields
        ------
        Piece
            One at least; apart from the first, each begins a session.
        """
        begins = None
        if self.session is None:
            begins = self._begin(self._sessions.at(first_ns))
        while self._next is not None and self._next.open_ns <= clock_ns:
            opens = self._next
            at = int(prints["ts_event"].searchsorted(opens.open_ns))
            yield Piece(begins, prints[:at], opens.open_ns)
            prints = prints[at:]
            begins = self._begin(opens)
        yield Piece(begins, prints, clock_ns)

    def _begin(self, session: Session) -> Session:
        self.session = session
        self._next = self._sessions.after(session)
        return session
