"""Signals by other thresholds are other signals, kept apart from those by the defaults."""

import sqlite3

import pytest
from tests.store.test_signal_store import DAY, came, kept

from ticktape.store.signal_filter import SignalFilter
from ticktape.store.signal_schema import VERSION, SignalStoreError
from ticktape.store.signal_store import SignalStore

OTHER = "0123abcd"
OTHER_DAY = DAY._replace(rules=OTHER, thresholds='{"flips.lookback": "2s"}')
# The tables as the first version made them.
FIRST = """
create table sessions (
    dataset text not null, name text not null, mode text not null, symbol text not null,
    trade_date text not null, start_ns integer not null, end_ns integer not null,
    primary key (dataset, name)
) without rowid;
create table signals (
    number integer primary key,
    name text not null, dataset text not null, symbol text not null, kind integer not null,
    ts_ns integer not null, direction integer not null, price integer not null,
    session text not null, price_low integer not null, price_high integer not null,
    strength integer not null, score integer not null, amount integer not null,
    created_ns integer not null,
    price_1m integer, outcome_1m integer, known_1m_ns integer,
    price_5m integer, outcome_5m integer, known_5m_ns integer,
    unique (dataset, symbol, kind, ts_ns, direction, price)
);
create unique index signals_by_name on signals (dataset, name);
create index signals_by_time on signals (dataset, ts_ns);
create index signals_by_session on signals (dataset, session);
create table notes (
    dataset text not null, signal text not null, text text not null, written_ns integer not null,
    primary key (dataset, signal)
) without rowid;
create table settings (name text primary key, value text not null) without rowid;
pragma user_version = 1;
"""


def by_other_rules(signal):
    return signal._replace(rules=OTHER, session=OTHER_DAY.name)


def rows_of(store, **wanted):
    return store.signals(SignalFilter(**wanted), 10)[0]


def test_the_same_signal_by_other_rules_is_another_with_outcomes_of_its_own():
    store, one = SignalStore(), kept()
    other = by_other_rules(one)
    store.write([DAY, OTHER_DAY], [one, other, one, other], [])
    store.write([], [], [came(one), came(other, outcome=-1)._replace(rules=OTHER)])
    by_default, by_other = rows_of(store, rules=""), rows_of(store, rules=OTHER)
    assert [(row.id, row.rules, row.outcome) for row in by_default] == [(one.name, "", "win")]
    assert [(row.id, row.rules, row.outcome) for row in by_other] == [(one.name, OTHER, "loss")]
    assert len(rows_of(store)) == 2
    assert [row.rules for row in rows_of(store, session=OTHER_DAY.name)] == [OTHER]


def test_sessions_tell_the_thresholds_of_their_signals():
    store = SignalStore()
    store.write([DAY, OTHER_DAY], [kept(), by_other_rules(kept())], [])
    (found,), total = store.sessions(SignalFilter(rules=OTHER), 10)
    assert (found[0], found[1].total, total) == (OTHER_DAY, 1, 1)
    assert OTHER_DAY.name == f"{DAY.name}-{OTHER}"
    assert store.sessions(SignalFilter(), 10)[1] == 2


def test_the_rules_in_use_may_differ_by_symbol():
    store = SignalStore(rules_in_use={"NQZ5": OTHER, "ESZ5": ""}.get)
    nasdaq, other = kept(), kept(symbol="ESZ5")
    every = [nasdaq, other, by_other_rules(nasdaq), by_other_rules(other)]
    store.write([DAY, OTHER_DAY], every, [])
    found = rows_of(store, is_in_use=True)
    assert {(row.symbol, row.rules) for row in found} == {("NQZ5", OTHER), ("ESZ5", "")}
    assert [one.rules for one, _ in store.sessions(SignalFilter(is_in_use=True), 10)[0]] == [OTHER]
    assert store.stats(SignalFilter(is_in_use=True)).total == 2
    assert store.signal("GLBX.MDP3", nasdaq.name, 2**62).rules == OTHER
    assert store.signal("GLBX.MDP3", other.name, 2**62).rules == ""


def test_a_file_of_the_first_version_is_taken_over(tmp_path):
    path, one = tmp_path / "signals.sqlite", kept()
    with sqlite3.connect(path) as first:
        first.executescript(FIRST)
        first.execute(
            "insert into sessions values (?, ?, ?, ?, ?, ?, ?)", (DAY[0], DAY.name, *DAY[1:6])
        )
        first.execute(
            f"insert into signals values (7, {', '.join('?' * 20)})",
            (one.name, *one[:-1], 5, one.price, 1, 1, None, None, None),
        )
        first.execute("insert into notes values (?, ?, 'kept', 9)", (one.dataset, one.name))
        first.execute("insert into settings values ('screen', '{}')")
    first.close()
    for _ in range(2):
        store = SignalStore(path)
        (row,) = rows_of(store, rules="")
        assert (row.id, row.outcome, row.note, row.rules) == (one.name, "win", "kept", "")
        assert (store.sessions(SignalFilter(), 10)[0][0][0], store.setting("screen")) == (DAY, "{}")
        assert store.write([DAY], [one, by_other_rules(one)], []) in {0, 1}
        assert len(rows_of(store)) == 2
        store.close()


def test_a_file_of_a_later_version_is_left_alone(tmp_path):
    path = tmp_path / "signals.sqlite"
    SignalStore(path).close()
    with sqlite3.connect(path) as later:
        later.execute(f"pragma user_version = {VERSION + 1}")
    later.close()
    with pytest.raises(SignalStoreError, match="later version"):
        SignalStore(path)
