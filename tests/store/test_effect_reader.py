"""Effects from any position on are those of a reader that has read from the beginning."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.streams import garbage_stream
from tests.store.orders import START, random_orders

from ticktape.book import MboBooks
from ticktape.feeds.marks import Mark, make_mark
from ticktape.store import Checkpoint, RecentLog
from ticktape.store.effect_reader import EffectReader
from ticktape.tape import Batch, Schema, new_records
from ticktape.tape.errors import PositionGoneError

EVERY = 64


class ListedLog:
    """A log of an array, with a checkpoint every 64 records; forgets what it is told to."""

    def __init__(self, records: np.ndarray) -> None:
        self.records = records
        self.first_position = 0
        self.restarted_at = 0

    @property
    def end_position(self) -> int:
        return len(self.records)

    def position_at(self, ts_ns: int) -> int:
        return int(np.searchsorted(self.records["ts_recv"], ts_ns))

    def read(self, position: int, count: int) -> np.ndarray:
        self._check(position)
        return self.records[position : position + count]

    def checkpoint(self, position: int) -> Checkpoint:
        self._check(position)
        at = position - position % EVERY
        books = MboBooks()
        books.update(self.records[:at])
        made = [books.book(*key).snapshot_records(at) for key in list(books.keys())]
        return Checkpoint(at, at, np.concatenate([new_records(Schema.MBO, 0), *made]))

    def _check(self, position: int) -> None:
        if position < self.first_position:
            raise PositionGoneError(f"record {position} is forgotten")


RECORDS = garbage_stream(11, 1_000)
EFFECTS = MboBooks().update_effects(RECORDS)


def read_all(reader: EffectReader, count: int) -> tuple[np.ndarray, np.ndarray]:
    positions, effects = [], []
    while True:
        before = reader.position
        run = reader.read(count)
        assert run.records.tobytes() == RECORDS[run.positions].tobytes()
        positions += run.positions.tolist()
        effects.append(run.effects.tobytes())
        if reader.position == before:
            return positions, b"".join(effects)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, len(RECORDS)),
    st.sampled_from([1, 7, 64, 1_000]),
    st.none() | st.sets(st.sampled_from([100, 101, 102, 103, 999]), min_size=1),
)
def test_from_anywhere_in_any_steps(position, count, ids):
    positions, effects = read_all(EffectReader(ListedLog(RECORDS), position, ids), count)
    wanted = [
        at
        for at in range(position, len(RECORDS))
        if ids is None or RECORDS["instrument_id"][at] in ids
    ]
    assert positions == wanted
    assert effects == EFFECTS[wanted].tobytes()


def test_what_is_forgotten_or_not_there_yet_is_refused():
    log = ListedLog(RECORDS)
    with pytest.raises(PositionGoneError):
        EffectReader(log, len(RECORDS) + 1)
    log.first_position = 128
    with pytest.raises(PositionGoneError):
        EffectReader(log, 127)
    assert EffectReader(log, 128).position == 128


async def test_a_reader_at_the_end_of_a_source_that_starts_over_goes_on_with_new_books():
    records = random_orders(6, 900)
    log = RecentLog()
    await log.write(Batch(Schema.MBO, records))
    reader = EffectReader(log, 500)
    reader.read(400)
    await log.write(make_mark(Mark.RESET, START))
    await log.write(Batch(Schema.MBO, records[:300]))
    run = reader.read(1_000)
    assert run.positions.tolist() == list(range(900, 1_200))
    assert run.effects.tobytes() == MboBooks().update_effects(records[:300]).tobytes()
