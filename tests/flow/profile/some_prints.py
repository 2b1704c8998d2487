"""Prints for the tests of this package: made by hand, by chance, and cut into batches."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st
from tests.flow.profile.profile_oracle import Print
from tests.flow.profile.profile_oracle import Session as OracleSession

from ticktape.flow.prints import PRINT
from ticktape.tape.session import Session

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
TICK = 250_000_000
FAR = 2**62


def as_array(prints):
    """``PRINT`` rows of prints."""
    rows = np.zeros(len(prints), PRINT)
    for row, one in zip(rows, prints, strict=True):
        row["ts_event"], row["price"], row["size"] = one.ts, one.price, one.size
        row["side"] = ord(one.side)
    return rows


def session(open_ns, close_ns):
    return Session(0, open_ns, close_ns, open_ns, close_ns)


def sessions_of(prints, spans):
    """Each session's prints: (oracle's session, prints), and what was before the first one."""
    opens = [span[0] for span in spans]
    pieces = []
    for place, (opened, closed) in enumerate(spans):
        until = opens[place + 1] if place + 1 < len(opens) else FAR
        inside = [one for one in prints if opened <= one.ts < until]
        pieces.append((OracleSession(opened, closed, until), inside))
    return pieces


def drive(study, prints, spans, clock, cuts=()):
    """Give a study the prints as the engine does, session by session, cut into batches."""
    rows = []
    for place, (opened, closed) in enumerate(spans):
        if place:
            rows.append(study.update(as_array([]), opened))
        study.begin(session(opened, closed))
        until = spans[place + 1][0] if place + 1 < len(spans) else FAR
        inside = [one for one in prints if opened <= one.ts < until]
        bounds = [0, *sorted({cut % (len(inside) + 1) for cut in cuts}), len(inside)]
        for first, end in itertools.pairwise(bounds):
            piece = inside[first:end]
            # The clock is where the last print left it: other records may move it, but need not.
            rows.append(study.update(as_array(piece), piece[-1].ts if piece else opened))
    rows.append(study.update(as_array([]), clock))
    return rows


@st.composite
def print_lists(draw, most=80, ticks=12):
    """Prints from time 0 on, of few prices and sizes, so that ties and zeros are common."""
    steps = st.sampled_from((0, 0, 1, SECOND, 7 * SECOND, 20 * SECOND, MINUTE, 200 * SECOND))
    now, prints = 0, []
    base = draw(st.sampled_from((0, -5, 98_000))) * TICK
    for step, place, size, side in draw(
        st.lists(
            st.tuples(
                steps,
                st.integers(0, ticks),
                st.sampled_from((1, 1, 2, 3, 5, 9, 40)),
                st.sampled_from("BBBAAAN"),
            ),
            max_size=most,
        )
    ):
        now += step
        prints.append(Print(now, base + place * TICK, size, side))
    return prints


cut_lists = st.lists(st.integers(0, 200), max_size=8)
