"""The tables of the signals' file, and its way from one version to the next."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from ticktape.tape.errors import TicktapeError

VERSION: Final = 2
_BUSY_SECONDS: Final = 10.0
# Prices in 1e-9, times in nanoseconds; directions 1 and -1, outcomes 1 win, 0 breakeven, -1 loss.
# Rules are empty by the default thresholds, else a digest of them; sessions tell what those were.
_TABLES: Final = """
create table sessions (
    dataset text not null, name text not null, mode text not null, symbol text not null,
    trade_date text not null, start_ns integer not null, end_ns integer not null,
    rules text not null default '', thresholds text not null default '{}',
    primary key (dataset, name)
) without rowid;
create table signals (
    number integer primary key,
    name text not null, dataset text not null, symbol text not null, kind integer not null,
    ts_ns integer not null, direction integer not null, price integer not null,
    session text not null, price_low integer not null, price_high integer not null,
    strength integer not null, score integer not null, amount integer not null,
    rules text not null default '', created_ns integer not null,
    price_1m integer, outcome_1m integer, known_1m_ns integer,
    price_5m integer, outcome_5m integer, known_5m_ns integer,
    unique (dataset, rules, symbol, kind, ts_ns, direction, price)
);
create unique index signals_by_name on signals (dataset, name, rules);
create index signals_by_time on signals (dataset, ts_ns);
create index signals_by_session on signals (dataset, session);
create table notes (
    dataset text not null, signal text not null, text text not null, written_ns integer not null,
    primary key (dataset, signal)
) without rowid;
create table settings (name text primary key, value text not null) without rowid;
"""
# The first version knew of no thresholds but the defaults.
_FROM_1_TO_2: Final = """
alter table sessions rename to sessions_1;
alter table signals rename to signals_1;
alter table notes rename to notes_1;
alter table settings rename to settings_1;
drop index signals_by_name;
drop index signals_by_time;
drop index signals_by_session
"""
_KEPT: Final = ("sessions", "signals", "notes", "settings")


class SignalStoreError(TicktapeError):
    """The file of signals cannot be used."""

    code = "signal-store"


def signals_file() -> Path:
    """Give the file that signals are kept in unless a setting says otherwise.

    Returns
    -------
    pathlib.Path
        ``$XDG_DATA_HOME/ticktape/signals.sqlite`` (``~/.local/share`` where that is not set).
    """
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "ticktape" / "signals.sqlite"


def open_signals(path: Path | None) -> sqlite3.Connection:
    """Open the file of signals, and make its tables where there are none.

    Parameters
    ----------
    path : Path or None
        None for one in memory, gone with the process.

    Returns
    -------
    sqlite3.Connection
        For any thread, one at a time. What is committed survives the death of the process.

    Raises
    ------
    SignalStoreError
        If it cannot be opened, is no such file, or was written by a later version.
    """
    name = ":memory:" if path is None else str(path)
    hint = "choose another with the setting signals (TICKTAPE_SIGNALS)"
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            name, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise SignalStoreError(f"{name} cannot be opened: {error}", hint=hint) from error
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        _make_tables(connection, name)
    except sqlite3.Error as error:
        connection.close()
        raise SignalStoreError(f"{name} is no file of signals: {error}", hint=hint) from error
    return connection


def _make_tables(connection: sqlite3.Connection, name: str) -> None:
    # Another process may be making them too.
    connection.execute("begin immediate")
    try:
        (version,) = connection.execute("pragma user_version").fetchone()
        if version == 1:
            _execute(connection, _FROM_1_TO_2)
        if version < VERSION:
            _execute(connection, _TABLES)
            connection.execute(f"pragma user_version = {VERSION}")
        if version == 1:
            for table in _KEPT:
                _take_over(connection, table)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    if version > VERSION:
        connection.close()
        raise SignalStoreError(
            f"{name} was written by a later version of ticktape",
            hint="update ticktape, or choose another file with the setting signals",
        )


def _execute(connection: sqlite3.Connection, statements: str) -> None:
    for statement in filter(str.strip, statements.split(";")):
        connection.execute(statement)


def _take_over(connection: sqlite3.Connection, table: str) -> None:
    """Fill a table from the one of the version before; what is new in it is as by default."""
    found = connection.execute(f"pragma table_info({table}_1)").fetchall()
    names = ", ".join(name for _, name, *_ in found)
    connection.execute(f"insert into {table} ({names}) select {names} from {table}_1")  # noqa: S608
    connection.execute(f"drop table {table}_1")
