"""Prints for the tests of bars and levels, and how to cut them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from ticktape.flow.instrument import flow_instrument
from ticktape.flow.prints import PRINT, PrintStream
from ticktape.tape.files import open_tape
from ticktape.tape.sessions import Sessions

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
NQ_TICK = 250_000_000


def prints_of(*rows):
    """PRINT rows from (nanoseconds, price, size, side)."""
    prints = np.zeros(len(rows), PRINT)
    for one, (ts_event, price, size, side) in zip(prints, rows, strict=True):
        one["ts_event"], one["price"], one["size"], one["side"] = ts_event, price, size, ord(side)
    return prints


ANY_PRICE = st.one_of(st.integers(-20, 20), st.integers(-(2**50), 2**50))


def runs_of_prints(longest_step, *, start=0, prices=ANY_PRICE):
    """Lists of (nanoseconds, price, size, side): times never fall, and often stand."""
    steps = st.one_of(st.just(0), st.integers(0, longest_step))
    sizes = st.one_of(st.integers(1, 9), st.integers(1, 2**32 - 1))
    rows = st.lists(st.tuples(steps, prices, sizes, st.sampled_from("BAN")), max_size=60)

    def timed(found):
        now, made = start, []
        for step, price, size, side in found:
            now += step
            made.append((now, price, size, side))
        return made

    return rows.map(timed)


def cut(study, prints, cuts, clock_ns):
    """Rows of a study that was given the prints in pieces, its clock at each piece's end."""
    pieces = np.split(prints, sorted(place % (len(prints) + 1) for place in cuts))
    rows, clock = [], 0
    for piece in pieces[:-1]:
        clock = int(piece["ts_event"][-1]) if len(piece) else clock
        rows.append(study.update(piece, clock))
    rows.append(study.update(pieces[-1], clock_ns))
    return np.concatenate(rows)


def nq_evening(real_tape, day):
    """Prints of the front NQ contract of a real tape, their clock at its end, its sessions."""
    records = np.concatenate(
        [batch.records for batch in open_tape(real_tape(f"NQ.FUT-{day}.trades.csv.zst"))]
    )
    ids, counts = np.unique(records["instrument_id"], return_counts=True)
    stream = PrintStream(int(ids[np.argmax(counts)]))
    prints = stream.take(records)
    return prints, stream.clock_ns, Sessions(flow_instrument("NQZ5", 1, 1).sessions)
