"""What a live feed is subscribed to: over reconnects, and while it runs."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import Schema

ALL_SYMBOLS: Final = "ALL_SYMBOLS"
# DBN ErrorCode: the session goes on, every schema that asks for the symbol says so again.
_UNRESOLVED: Final = 4

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LiveSubscription:
    """One subscription of a live session.

    Attributes
    ----------
    schema : Schema
        What to send.
    symbols : tuple of str
        Of which instruments; ``("ALL_SYMBOLS",)`` for all.
    stype_in : str
        ``raw_symbol``, ``instrument_id``, ``parent`` or ``continuous``.
    start_ns : int or None
        Replay from this time; 0 for all there is; only before the session starts.
    snapshot : bool
        Begin with the state of the books; MBO only, not together with a start.
    """

    schema: Schema
    symbols: tuple[str, ...] = (ALL_SYMBOLS,)
    stype_in: str = "raw_symbol"
    start_ns: int | None = None
    snapshot: bool = False

    def __post_init__(self) -> None:
        """Refuse what no gateway would take."""
        if not self.symbols:
            raise BadValueError("A subscription names no symbols")
        if self.snapshot and (self.schema is not Schema.MBO or self.start_ns is not None):
            raise BadValueError("A snapshot is for schema mbo, without a start")


class Subscriptions:
    """The subscriptions of a feed, those dropped while it runs left out of what it gives."""

    def __init__(self, subscriptions: Iterable[LiveSubscription]) -> None:
        self._sent = list(subscriptions)
        self._dropped: list[LiveSubscription] = []
        self._ids: dict[str, set[int]] = {}
        self._unresolved: set[str] = set()

    def __len__(self) -> int:
        return len(self._sent)

    def _active(self) -> list[LiveSubscription]:
        return [one for one in self._sent if one not in self._dropped]

    def add(self, subscription: LiveSubscription) -> bool:
        """Add a subscription; False where it was only dropped here and still arrives."""
        if subscription in self._dropped:
            self._dropped.remove(subscription)
            return False
        self._sent.append(subscription)
        return True

    def log_error(self, code: int, text: str) -> None:
        """Log an error record; that a symbol is not known is a warning, said of it once."""
        if code != _UNRESOLVED:
            _log.error("gateway error %d: %s", code, text)
        elif text not in self._unresolved:
            self._unresolved.add(text)
            _log.warning("gateway error %d: %s", code, text)

    def remove(self, subscription: LiveSubscription) -> None:
        """Drop a subscription.

        Raises
        ------
        BadValueError
            There is no such subscription.
        """
        if subscription not in self._active():
            raise BadValueError(f"There is no subscription {subscription}")
        self._dropped.append(subscription)

    def for_session(self, sessions_before: int) -> list[LiveSubscription]:
        """Give what a new session subscribes to: after the first, MBO with a snapshot, no start."""
        if not sessions_before:
            return list(self._sent)
        self._sent = self._active()
        self._dropped.clear()
        self._ids.clear()
        return [
            replace(one, start_ns=None, snapshot=one.schema is Schema.MBO) for one in self._sent
        ]

    def quote_schema(self) -> Schema:
        """Say what records of type 1 are: mbp-1 includes tbbo, so tbbo only where it is alone."""
        schemas = {one.schema for one in self._sent}
        only_tbbo = Schema.TBBO in schemas and Schema.MBP_1 not in schemas
        return Schema.TBBO if only_tbbo else Schema.MBP_1

    def note_mappings(self, records: np.ndarray) -> None:
        """Learn from mapping records which instruments a symbol stands for."""
        for record in records:
            asked = record["stype_in_symbol"].decode()
            self._ids.setdefault(asked, set()).add(int(record["instrument_id"]))

    def wanted(self, batch: Batch) -> np.ndarray:
        """Give the records that an active subscription covers."""
        if not self._dropped:
            return batch.records
        ids: set[int] = set()
        for one in self._active():
            if one.schema is batch.schema:
                if ALL_SYMBOLS in one.symbols:
                    return batch.records
                for symbol in one.symbols:
                    ids |= self._ids.get(symbol, set())
        mask = np.isin(batch.records["instrument_id"], np.array(sorted(ids), np.uint32))
        return batch.records[mask]
