"""Win rates of signals that are kept: as of any time, by kind, by direction and by both."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ticktape.flow.signals.signal import SignalKind
from ticktape.store.signal_filter import SignalFilter
from ticktape.store.signal_rows import DIRECTIONS, KeptOutcome, KeptSignal, kind_word
from ticktape.store.signal_store import SignalStore

WIN, EVEN, LOSS = 1, 0, -1
RESULTS = st.sampled_from([WIN, EVEN, LOSS])
# When it was seen, what it was, and when and how it ended at both horizons, where it has.
ENDED = st.none() | st.tuples(st.integers(0, 20), RESULTS)
SEEN = st.tuples(
    st.integers(1, 20), st.sampled_from([1, 3, 8]), st.sampled_from([-1, 1]), ENDED, ENDED
)


def rates_of(rows):
    """Signals, bullish, bearish, wins, losses, breakeven, win rate: counted one by one."""
    count = {"seen": 0, 1: 0, -1: 0, "win": 0, "loss": 0, "even": 0}
    for way, result in rows:
        count["seen"] += 1
        count[way] += 1
        if result is not None:
            count[{WIN: "win", EVEN: "even", LOSS: "loss"}[result]] += 1
    decided = count["win"] + count["loss"]
    rate = 100 * count["win"] / decided if decided else None
    return (*count.values(), rate)


def known_at(now, drawn):
    """Kind, direction and result of every signal as of a time: the later horizon's goes before."""
    for at, kind, way, sooner, later in drawn:
        if at > now:
            continue
        results = [
            ended[1] for ended in (later, sooner) if ended is not None and at + ended[0] <= now
        ]
        yield kind, way, results[0] if results else None


@settings(max_examples=80, deadline=None)
@given(st.lists(SEEN, max_size=30), st.integers(0, 45))
def test_they_are_those_of_a_count_by_hand(drawn, now):
    store, outcomes, signals = SignalStore(), [], []
    for price, (at, kind, way, *ended) in enumerate(drawn):
        one = KeptSignal("D", "NQZ5", kind, at, way, price, "NQZ5-day", price, price, 1, 1, 1)
        signals.append(one)
        outcomes += [
            KeptOutcome("D", one.name, horizon, at + came[0], price, came[1])
            for horizon, came in zip(("1m", "5m"), ended, strict=True)
            if came is not None
        ]
    store.write([], signals, outcomes)
    known = list(known_at(now, drawn))

    def told(counts):
        return (*counts, counts.win_rate)

    stats = store.stats(SignalFilter(until_ns=now))
    kinds = {kind for kind, _, _ in known}
    ways = {way for _, way, _ in known}
    assert stats.total == len(known)
    assert {name: told(one) for name, one in stats.by_type.items()} == {
        kind_word(kind): rates_of([row[1:] for row in known if row[0] == kind]) for kind in kinds
    }
    assert {name: told(one) for name, one in stats.by_direction.items()} == {
        DIRECTIONS[way]: rates_of([row[1:] for row in known if row[1] == way]) for way in ways
    }
    for way in ways:
        both = store.stats(SignalFilter(until_ns=now, direction=way)).by_type
        assert {name: told(one) for name, one in both.items()} == {
            kind_word(kind): rates_of([row[1:] for row in known if row[:2] == (kind, way)])
            for kind in SignalKind
            if (kind, way) in {row[:2] for row in known}
        }
    store.close()
