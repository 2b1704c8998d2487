"""Prints for these tests: made up, drawn, and of real evenings; and how an engine hands them on."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from ticktape.flow.prints import PRINT, PrintStream
from ticktape.tape.files import open_tape
from ticktape.tape.session import Session

SECOND = 1_000_000_000
TICK = 250_000_000
OPEN = 1_700_000_000 * SECOND

NQ_DAYS = ("20251123", "20251130", "20251207")


def prints(*rows):
    """Prints from (seconds after the open, price in ticks, size, side)."""
    made = np.zeros(len(rows), PRINT)
    for one, (seconds, ticks, size, side) in zip(made, rows, strict=True):
        one["ts_event"] = OPEN + round(seconds * SECOND)
        one["price"] = ticks * TICK
        one["size"] = size
        one["side"] = ord(side)
    return made


def session(opens=0.0, closes=23 * 3600.0):
    """A session from seconds after the open of the first to seconds after it."""
    start, end = OPEN + round(opens * SECOND), OPEN + round(closes * SECOND)
    return Session(19_675, start, end, start, start)


SIZES = st.integers(1, 30)


@st.composite
def drawn_prints(draw, sizes=SIZES):
    """Prints of some seconds: bursts of one time, pauses, ends of windows hit exactly."""
    gaps = st.sampled_from([0, 0, 0, 1, SECOND // 3, SECOND - 1, SECOND, 7 * SECOND // 2])
    one = st.tuples(gaps, st.integers(-6, 6), sizes, st.sampled_from("BBAAN"))
    rows = draw(st.lists(one, max_size=60))
    made = np.zeros(len(rows), PRINT)
    if rows:
        waits, ticks, amounts, sides = zip(*rows, strict=True)
        made["ts_event"] = OPEN + np.cumsum(waits)
        made["price"] = (80_000 + np.array(ticks)) * TICK
        made["size"] = amounts
        made["side"] = [ord(side) for side in sides]
    return made


@st.composite
def drawn_sessions(draw):
    """Sessions one after the other, with and without a pause between them."""
    lengths = draw(st.lists(st.sampled_from([2.0, 3.5, 8.25, 40.0]), max_size=3))
    sessions, opens = [], 0.0
    for length in [*lengths, 3600.0]:
        closes = opens + length - draw(st.sampled_from([0.0, 0.5, 1.25]))
        sessions.append(session(opens, closes))
        opens += length
    return sessions


def by_session(made, sessions):
    """Give each session with its prints: those from its open to the next one's."""
    opens = [one.open_ns for one in sessions]
    cuts = np.searchsorted(made["ts_event"], opens[1:])
    return list(zip(sessions, np.split(made, cuts), strict=True))


def hand_on(study, made, sessions, cuts=()):
    """Give a study prints as an engine does, cut anywhere, and all the rows that it gives."""
    waiting = list(sessions)
    rows = [study.update(made[:0], waiting[0].open_ns)]
    study.begin(waiting.pop(0))
    for piece in np.split(made, sorted(cuts)):
        rest, clock_ns = piece, int(piece["ts_event"][-1]) if len(piece) else 0
        while waiting and waiting[0].open_ns <= clock_ns:
            before = int(np.searchsorted(rest["ts_event"], waiting[0].open_ns))
            rows.append(study.update(rest[:before], waiting[0].open_ns))
            rest = rest[before:]
            study.begin(waiting.pop(0))
        rows.append(study.update(rest, clock_ns))
        assert study.current().dtype == study.rows
    for one in waiting:
        rows.append(study.update(made[:0], one.open_ns))
        study.begin(one)
    rows.append(study.update(made[:0], 2**62))
    return np.concatenate(rows)


class Following:
    """A study of the points of another, behind the face of one that takes prints."""

    def __init__(self, leader, study):
        self.leader, self.study, self.rows = leader, study, study.rows

    def begin(self, session):
        self.leader.begin(session)
        self.study.begin(session)

    def update(self, made, clock_ns):
        return self.study.update(self.leader.update(made, clock_ns))

    def current(self):
        return self.study.current()


def plain(rows):
    """Rows as tuples of Python's own numbers."""
    return [
        tuple(tuple(value) if isinstance(value, np.ndarray) else value for value in row)
        for row in rows.tolist()
    ]


def nq_evening(real_tape, day):
    """The prints of the contract of a real evening that traded most."""
    records = np.concatenate(
        [batch.records for batch in open_tape(real_tape(f"NQ.FUT-{day}.trades.csv.zst"))]
    )
    ids, counts = np.unique(records["instrument_id"], return_counts=True)
    return PrintStream(int(ids[np.argmax(counts)])).take(records)


def evening(made):
    """The session of a real evening: it opens with its first print."""
    opens = int(made["ts_event"][0])
    return Session(0, opens, opens + 23 * 3600 * SECOND, opens, opens)
