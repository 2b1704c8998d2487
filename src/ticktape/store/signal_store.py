"""Signals, what came of them, notes, sessions and settings: in one file that outlives the process.

A signal is written once, however often its session is played: it is known by its dataset, symbol,
kind, time, direction and price, and by the rules that it was made by. Every call here works with
the disk; an event loop makes them in a thread. They may come from several threads, and the file may
be open in several processes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal, NamedTuple

from ticktape.ops.metrics import STORE_OPERATIONS, STORE_SECONDS
from ticktape.store.signal_filter import IN_USE, OUTCOME, SignalFilter, names_of
from ticktape.store.signal_rows import (
    DIRECTIONS,
    KeptOutcome,
    KeptSession,
    KeptSignal,
    SignalRow,
    kind_word,
    make_row,
)
from ticktape.store.signal_schema import SignalStoreError, open_signals
from ticktape.tape.errors import TicktapeError

PAGE_ROWS: Final = 2_000
_COLUMNS: Final = """s.name, s.dataset, s.symbol, s.kind, s.ts_ns, s.direction, s.price, s.session,
    s.price_low, s.price_high, s.strength, s.score, s.amount, s.rules, s.created_ns,
    case when s.known_1m_ns <= :until_ns then s.price_1m end,
    case when s.known_1m_ns <= :until_ns then s.outcome_1m end,
    case when s.known_5m_ns <= :until_ns then s.price_5m end,
    case when s.known_5m_ns <= :until_ns then s.outcome_5m end,
    n.text"""
_FROM: Final = "signals s left join notes n on n.dataset = s.dataset and n.signal = s.name"
_COUNTS: Final = f"""count(s.name), sum(s.direction = 1), sum(s.direction = -1),
    sum({OUTCOME} = 1), sum({OUTCOME} = -1), sum({OUTCOME} = 0)"""


class UnknownSignalError(TicktapeError):
    """There is no signal of that identifier."""

    code = "unknown-signal"


class Counts(NamedTuple):
    """How many signals there were, and what came of them."""

    total: int = 0
    bullish: int = 0
    bearish: int = 0
    wins: int = 0
    losses: int = 0
    breakeven: int = 0

    @property
    def win_rate(self) -> float | None:
        """Wins of wins and losses in percent; None without either."""
        decided = self.wins + self.losses
        return 100 * self.wins / decided if decided else None


class SignalStats(NamedTuple):
    """Counts in all, by the kind's word and by the direction's."""

    total: int
    by_type: dict[str, Counts]
    by_direction: dict[str, Counts]


class SignalStore:
    """The file of signals.

    Parameters
    ----------
    path : Path, optional
        Made where there is none; without one, in memory.
    rules_in_use : callable, optional
        Tells by which rules the signals of a symbol are made now; the defaults unless given.

    Raises
    ------
    SignalStoreError
        If the file cannot be used.
    """

    def __init__(
        self, path: Path | None = None, rules_in_use: Callable[[str], str] = lambda _symbol: ""
    ) -> None:
        self._connection = open_signals(path)
        self._connection.create_function(IN_USE, 1, cache(rules_in_use), deterministic=True)
        self._lock = Lock()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _work(self, operation: Literal["keep", "find"]) -> Iterator[sqlite3.Connection]:
        """Hold the connection for one operation, which happens as a whole or not at all."""
        begun = time.monotonic()
        with self._lock:
            try:
                self._connection.execute("begin immediate" if operation == "keep" else "begin")
                yield self._connection
                self._connection.execute("commit")
            except sqlite3.Error as error:
                self._undo()
                raise SignalStoreError(
                    f"the file of signals failed: {error}", hint="is there room on its disk?"
                ) from error
            except BaseException:
                self._undo()
                raise
        STORE_OPERATIONS.labels(operation).inc()
        STORE_SECONDS.labels(operation).observe(time.monotonic() - begun)

    def _undo(self) -> None:
        # Where not even this can be done, nothing had begun.
        with suppress(sqlite3.Error):
            self._connection.execute("rollback")

    def write(
        self,
        sessions: Sequence[KeptSession],
        signals: Sequence[KeptSignal],
        outcomes: Sequence[KeptOutcome],
    ) -> int:
        """Write what is not there yet.

        Parameters
        ----------
        sessions, signals, outcomes : sequence
            In this order, so that an outcome may be of a signal before it here.

        Returns
        -------
        int
            How many signals were new.
        """
        now_ns = time.time_ns()
        with self._work("keep") as connection:
            connection.executemany(
                "insert or ignore into sessions values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(one.dataset, one.name, *one[1:]) for one in sessions],
            )
            before = connection.total_changes
            connection.executemany(
                """insert or ignore into signals (name, dataset, symbol, kind, ts_ns, direction,
                price, session, price_low, price_high, strength, score, amount, rules,
                created_ns) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                [(one.name, *one, now_ns) for one in signals],
            )
            new = connection.total_changes - before
            for horizon in ("1m", "5m"):
                connection.executemany(
                    f"""update signals set price_{horizon} = ?, outcome_{horizon} = ?,
                    known_{horizon}_ns = ?
                    where dataset = ? and name = ? and rules = ?
                    and known_{horizon}_ns is null""",  # noqa: S608
                    [
                        (
                            *(one.price, one.outcome, one.known_ns),
                            *(one.dataset, one.signal, one.rules),
                        )
                        for one in outcomes
                        if one.horizon == horizon
                    ],
                )
        return new

    def signals(
        self, wanted: SignalFilter, limit: int, offset: int = 0
    ) -> tuple[list[SignalRow], int]:
        """Give signals, newest first, and how many there are in all."""
        where, values = wanted.where()
        with self._work("find") as connection:
            found = connection.execute(
                f"""select {_COLUMNS} from {_FROM} where {where}
                order by s.ts_ns desc, s.number desc limit :limit offset :offset""",  # noqa: S608
                {**values, "limit": limit, "offset": offset},
            ).fetchall()
            (total,) = connection.execute(
                f"select count(*) from signals s where {where}",  # noqa: S608
                values,
            ).fetchone()
        return [make_row(one) for one in found], total

    def pages(self, wanted: SignalFilter, size: int = PAGE_ROWS) -> Iterator[list[SignalRow]]:
        """Give all signals, oldest first, so many at a time; the file is free between them."""
        where, values = wanted.where()
        query = f"""select s.number, {_COLUMNS} from {_FROM}
            where {where} and (s.ts_ns, s.number) > (:last_ns, :last)
            order by s.ts_ns, s.number limit :limit"""  # noqa: S608
        last_ns, last = -1, -1
        while True:
            with self._work("find") as connection:
                found = connection.execute(
                    query, {**values, "last_ns": last_ns, "last": last, "limit": size}
                ).fetchall()
            if found:
                yield [make_row(one[1:]) for one in found]
            if len(found) < size:
                return
            last, last_ns = found[-1][0], found[-1][5]

    def signal(self, dataset: str, name: str, until_ns: int) -> SignalRow:
        """Give one signal, by the rules in use where it was made by them.

        Raises
        ------
        UnknownSignalError
            If there is none, or none yet.
        """
        with self._work("find") as connection:
            found = connection.execute(
                f"""select {_COLUMNS} from {_FROM}
                where s.dataset = :dataset and s.name = :name and s.ts_ns <= :until_ns
                order by s.rules = {IN_USE}(s.symbol) desc, s.number desc limit 1""",  # noqa: S608
                {"dataset": dataset, "name": name, "until_ns": until_ns},
            ).fetchone()
        if found is None:
            raise UnknownSignalError(
                f"there is no signal {name!r}", hint="take an id that /api/signals lists"
            )
        return make_row(found)

    def put_note(self, dataset: str, name: str, text: str) -> None:
        """Keep a note with a signal, in place of the one before."""
        with self._work("keep") as connection:
            connection.execute(
                "insert or replace into notes values (?, ?, ?, ?)",
                (dataset, name, text, time.time_ns()),
            )

    def delete_note(self, dataset: str, name: str) -> None:
        """Keep no note with a signal."""
        with self._work("keep") as connection:
            connection.execute(
                "delete from notes where dataset = ? and signal = ?", (dataset, name)
            )

    def sessions(
        self, wanted: SignalFilter, limit: int, offset: int = 0
    ) -> tuple[list[tuple[KeptSession, Counts]], int]:
        """Give sessions, newest first, with what their signals came to; and how many there are.

        Of the filter: the dataset, the symbols, the rules and what was known when.
        """
        values: dict[str, Any] = {"until_ns": wanted.until_ns, "limit": limit, "offset": offset}
        terms = ["e.start_ns <= :until_ns"]
        if wanted.dataset is not None:
            terms.append("e.dataset = :dataset")
            values["dataset"] = wanted.dataset
        if wanted.rules is not None:
            terms.append("e.rules = :rules")
            values["rules"] = wanted.rules
        if wanted.is_in_use:
            terms.append(f"e.rules = {IN_USE}(e.symbol)")
        if wanted.symbols:
            terms.append(f"e.symbol in ({names_of('symbol', wanted.symbols, values)})")
        where = " and ".join(terms)
        with self._work("find") as connection:
            found = connection.execute(
                f"""select e.dataset, e.mode, e.symbol, e.trade_date, e.start_ns, e.end_ns,
                    e.rules, e.thresholds, {_COUNTS}
                from (select * from sessions e where {where}
                    order by e.start_ns desc, e.name limit :limit offset :offset) e
                left join signals s on s.dataset = e.dataset and s.session = e.name
                    and s.ts_ns <= :until_ns
                group by e.dataset, e.name order by e.start_ns desc, e.name""",  # noqa: S608
                values,
            ).fetchall()
            (total,) = connection.execute(
                f"select count(*) from sessions e where {where}",  # noqa: S608
                values,
            ).fetchone()
        return [(KeptSession(*one[:8]), _counts(one[8:])) for one in found], total

    def stats(self, wanted: SignalFilter) -> SignalStats:
        """Count signals by kind and by direction."""
        where, values = wanted.where()
        query = f"select s.{{0}}, {_COUNTS} from signals s where {where} group by s.{{0}}"  # noqa: S608
        with self._work("find") as connection:
            kinds = connection.execute(query.format("kind"), values).fetchall()
            directions = connection.execute(query.format("direction"), values).fetchall()
        by_type = {kind_word(kind): _counts(counts) for kind, *counts in kinds}
        by_direction = {DIRECTIONS[one]: _counts(counts) for one, *counts in directions}
        return SignalStats(sum(one.total for one in by_type.values()), by_type, by_direction)

    def setting(self, name: str) -> str | None:
        """Give the text kept under a name; None where there is none."""
        with self._work("find") as connection:
            found = connection.execute("select value from settings where name = ?", (name,))
            row = found.fetchone()
        return None if row is None else str(row[0])

    def put_setting(self, name: str, value: str) -> None:
        """Keep a text under a name."""
        with self._work("keep") as connection:
            connection.execute("insert or replace into settings values (?, ?)", (name, value))


def _counts(found: Sequence[int | None]) -> Counts:
    return Counts(*(one or 0 for one in found))
