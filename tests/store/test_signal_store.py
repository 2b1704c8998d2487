"""Signals are kept once, with what came of them, through restarts and sudden deaths."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest

from ticktape.flow.signals.signal import SignalKind
from ticktape.store.signal_filter import SignalFilter, day_or_time
from ticktape.store.signal_rows import KeptOutcome, KeptSession, KeptSignal
from ticktape.store.signal_schema import SignalStoreError, signals_file
from ticktape.store.signal_store import SignalStore, UnknownSignalError
from ticktape.tape.errors import BadValueError

SECOND = 1_000_000_000
DAY = KeptSession("GLBX.MDP3", "replay", "NQZ5", "2025-11-24", 100 * SECOND, 900 * SECOND)


def kept(at=200, kind=SignalKind.ABSORPTION, direction=1, price=24_500, symbol="NQZ5"):
    return KeptSignal(
        "GLBX.MDP3", symbol, int(kind), at * SECOND, direction, price * SECOND,
        f"{symbol}-2025-11-24", price * SECOND, price * SECOND, 2, 1, 40,
    )  # fmt: skip


def came(of, horizon="1m", outcome=1, points=3):
    known_ns = of.ts_ns + (60 if horizon == "1m" else 300) * SECOND
    price = of.price + points * SECOND
    return KeptOutcome(of.dataset, of.name, horizon, known_ns, price, outcome)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "signals.sqlite"


def test_what_was_kept_is_there_after_a_restart(path):
    store, one = SignalStore(path), kept()
    assert store.write([DAY], [one], [came(one)]) == 1
    store.put_note("GLBX.MDP3", one.name, "late, but right")
    store.put_setting("screen", "{}")
    store.close()
    again = SignalStore(path)
    (row,), total = again.signals(SignalFilter(), 10)
    assert total == 1
    assert (row.id, row.signal_type, row.direction) == (one.name, "absorption", "bullish")
    assert (row.price, row.price_after_1m, row.price_after_5m) == (24_500.0, 24_503.0, None)
    assert (row.outcome_1m, row.outcome_5m, row.outcome) == ("win", None, "win")
    assert (row.strength, row.note, row.session_id) == ("strong", "late, but right", DAY.name)
    assert again.setting("screen") == "{}"
    assert again.setting("other") is None


def test_a_signal_is_written_once_however_often_its_session_is_played(path):
    first, second = kept(), kept(at=201)
    for _ in range(3):
        store = SignalStore(path)
        store.write([DAY], [first, second], [came(first), came(first, "5m", -1, -4)])
        store.close()
    store = SignalStore(path)
    rows, total = store.signals(SignalFilter(), 10)
    assert [row.id for row in rows] == [second.name, first.name]
    assert total == 2
    assert rows[1].outcome == "loss"
    assert store.write([], [first, kept(at=202)], []) == 1


def test_an_outcome_once_known_stays(path):
    store, one = SignalStore(path), kept()
    store.write([], [one], [came(one)])
    store.write([], [], [came(one, outcome=-1, points=-9)])
    assert store.signal("GLBX.MDP3", one.name, 2**62).outcome == "win"


def test_nothing_is_told_before_it_was_known():
    store, one, later = SignalStore(), kept(at=200), kept(at=400)
    store.write([DAY], [one, later], [came(one), came(one, "5m", -1, -4), came(later)])

    def outcome_at(seconds):
        rows, total = store.signals(SignalFilter(until_ns=seconds * SECOND), 10)
        assert len(rows) == total
        return [(row.ts_ns, row.outcome_1m, row.outcome_5m) for row in rows]

    first, second = str(200 * SECOND), str(400 * SECOND)
    assert outcome_at(199) == []
    assert outcome_at(259) == [(first, None, None)]
    assert outcome_at(260) == [(first, "win", None)]
    assert outcome_at(459) == [(second, None, None), (first, "win", None)]
    assert outcome_at(500) == [(second, "win", None), (first, "win", "loss")]
    assert store.signals(SignalFilter(outcome=1, until_ns=260 * SECOND), 10)[1] == 1
    assert store.signals(SignalFilter(outcome="pending", until_ns=259 * SECOND), 10)[1] == 1
    assert store.stats(SignalFilter(until_ns=300 * SECOND)).by_type["absorption"].wins == 1
    assert store.sessions(SignalFilter(until_ns=99 * SECOND), 10) == ([], 0)
    ((_, counts),), _ = store.sessions(SignalFilter(until_ns=300 * SECOND), 10)
    assert (counts.total, counts.wins, counts.losses) == (1, 1, 0)
    with pytest.raises(UnknownSignalError):
        store.signal("GLBX.MDP3", later.name, 399 * SECOND)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (SignalFilter(), 6),
        (SignalFilter(dataset="XNAS.ITCH"), 0),
        (SignalFilter(symbols=("NQZ5",)), 5),
        (SignalFilter(symbols=("ESZ5", "NQZ5")), 6),
        (SignalFilter(kinds=(int(SignalKind.SWEEP), int(SignalKind.ICEBERG))), 2),
        (SignalFilter(direction=-1), 2),
        (SignalFilter(outcome=1), 1),
        (SignalFilter(outcome=0), 1),
        (SignalFilter(outcome="pending"), 4),
        (SignalFilter(start_ns=201 * SECOND, end_ns=202 * SECOND), 2),
        (SignalFilter(session="ESZ5-2025-11-24"), 1),
        (SignalFilter(symbols=("NQZ5",), direction=-1, kinds=(int(SignalKind.SWEEP),)), 1),
    ],
)
def test_filters_are_those_of_a_plain_look(wanted, expected):
    rows = [
        kept(200),
        kept(201),
        kept(202, SignalKind.SWEEP, -1),
        kept(203, SignalKind.ICEBERG),
        kept(204, direction=-1),
        kept(205, symbol="ESZ5"),
    ]
    store = SignalStore()
    store.write([DAY], rows, [came(rows[0]), came(rows[1], outcome=0, points=1)])
    found, total = store.signals(wanted, 100)
    assert len(found) == total == expected
    assert store.stats(wanted).total == expected
    paged = [row for page in store.pages(wanted, 2) for row in page]
    assert paged == found[::-1]
    piecewise = [row for at in range(0, 8, 2) for row in store.signals(wanted, 2, at)[0]]
    assert piecewise == found


def test_win_rates_count_what_was_decided():
    store = SignalStore()
    rows = [kept(at, direction=1 if at < 4 else -1) for at in range(1, 8)]
    results = [1, 1, -1, 0, 1, -1]
    store.write([], rows, [came(one, "5m", won) for one, won in zip(rows, results, strict=False)])
    stats = store.stats(SignalFilter())
    counts = stats.by_type["absorption"]
    assert counts == (7, 3, 4, 3, 2, 1)
    assert counts.win_rate == pytest.approx(60)
    assert stats.by_direction["bullish"].win_rate == pytest.approx(200 / 3)
    assert stats.by_direction["bearish"].win_rate == pytest.approx(50)
    assert store.stats(SignalFilter(direction=-1)).by_direction.keys() == {"bearish"}


WRITER = """
import sys
from pathlib import Path
from tests.store.test_signal_store import DAY, came, kept
from ticktape.store.signal_store import SignalStore
store = SignalStore(Path(sys.argv[1]))
for at in range(10**6):
    one = kept(at)
    store.write([DAY], [one], [came(one)])
    print(at, flush=True)
"""


def test_what_was_written_survives_a_process_that_is_killed(path):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env={**os.environ}
    )
    written = [int(writer.stdout.readline()) for _ in range(50)]
    writer.send_signal(signal.SIGKILL)
    written += [int(line) for line in writer.stdout if line.strip()]
    writer.wait()
    store = SignalStore(path)
    rows, total = store.signals(SignalFilter(), 10**6)
    assert total >= len(written)
    assert all(row.outcome == "win" for row in rows)
    assert store.write([DAY], [kept(at) for at in written], []) == 0


def test_two_processes_may_write_into_one_file(path):
    stores = [SignalStore(path), SignalStore(path)]
    threads = [
        threading.Thread(target=lambda one=one: [one.write([], [kept(at)], []) for at in range(50)])
        for one in stores
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].signals(SignalFilter(), 1)[1] == 50


def test_a_file_that_is_none_of_ours_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but somebody's notes; " * 40)
    with pytest.raises(SignalStoreError, match="no file of signals"):
        SignalStore(path)
    assert path.read_text().startswith("not a database")


def test_a_file_of_a_later_version_is_refused(path):
    SignalStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(SignalStoreError, match="later version"):
        SignalStore(path)


def test_the_file_lies_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert signals_file() == tmp_path / "ticktape" / "signals.sqlite"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert signals_file() == tmp_path / ".local" / "share" / "ticktape" / "signals.sqlite"


def test_a_date_is_a_whole_day():
    assert day_or_time("1970-01-02", is_end=False) == 86_400 * SECOND
    assert day_or_time("1970-01-02", is_end=True) == 2 * 86_400 * SECOND - 1
    assert day_or_time("1970-01-01T00:00:02Z", is_end=True) == 2 * SECOND
    assert day_or_time(None, is_end=True) is None
    with pytest.raises(BadValueError):
        day_or_time("yesterday", is_end=False)
