"""The sessions that an instrument has traded in: when each opens, and its regular hours."""

from __future__ import annotations

from collections import deque
from datetime import date, timedelta
from typing import Final

from ticktape.server.flow_messages import FlowSession
from ticktape.tape.session import Session
from ticktape.tape.sessions import Sessions

# More than a month, without its weekends.
HOURS_KEPT: Final = 32
_EPOCH: Final = date(1970, 1, 1)


class SessionList:
    """The latest sessions, oldest first.

    Parameters
    ----------
    sessions : Sessions
        The instrument's.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._seen: deque[Session] = deque(maxlen=HOURS_KEPT)

    def reach(self, from_ns: int, session: Session) -> None:
        """Note that a session has been reached, by records from a time on."""
        last = self._seen[-1] if self._seen else self._sessions.at(from_ns)
        if not self._seen:
            self._seen.append(last)
        if session.open_ns > last.open_ns:
            # Many may lie between, where a tape leaves days out: those without a record too.
            self._seen.extend(self._sessions.between(last.open_ns, session.open_ns + 1)[1:])

    def told(self) -> list[FlowSession]:
        """Give them as they are told."""
        return [told_session(session) for session in self._seen]


def told_session(session: Session) -> FlowSession:
    """Give a session as it is told."""
    return FlowSession(
        iso_date(session),
        str(session.open_ns),
        str(session.close_ns),
        str(session.regular_open_ns),
        str(session.regular_close_ns),
    )


def iso_date(session: Session) -> str:
    """Write the date of a session's trades."""
    return (_EPOCH + timedelta(days=session.trade_date)).isoformat()
