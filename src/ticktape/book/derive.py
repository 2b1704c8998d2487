"""Derived schemas that need no order book: trades, tbbo and mbp-1 out of richer records."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np

from ticktape.book.keys_kernels import keys_of
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import (
    ACTION_TRADE,
    LAYOUTS,
    SIDE_ASK,
    SIDE_BID,
    SIDE_NONE,
    Schema,
    new_records,
)

_TOP: Final = ("bid_px_00", "ask_px_00", "bid_sz_00", "ask_sz_00", "bid_ct_00", "ask_ct_00")


class Deriver(Protocol):
    """Makes the records of one schema out of another's; any cutting into batches, same records."""

    @property
    def schema(self) -> Schema:
        """The schema of the records made."""
        ...

    def update(self, records: np.ndarray) -> np.ndarray:
        """Take records in the order received; give those that they complete."""
        ...

    def flush(self) -> np.ndarray:
        """Give what is still open, as at the end of a stream."""
        ...

    def reset(self) -> None:
        """Start over, as at the beginning of a stream."""
        ...


def as_schema(records: np.ndarray, schema: Schema) -> np.ndarray:
    """Copy into new records of a schema the fields that both have; header fields excepted."""
    made = new_records(schema, len(records))
    for name in LAYOUTS[schema].names or ():
        if name in (records.dtype.names or ()) and name not in ("length", "rtype"):
            made[name] = records[name]
    return made


def check_layout(records: np.ndarray, schema: Schema) -> None:
    """Raise WrongSchemaError where records have not the layout of a schema."""
    if records.dtype != LAYOUTS[schema]:
        names = ", ".join(records.dtype.names or ("no fields",))
        raise WrongSchemaError(
            f"these are no {schema} records: they have {names}",
            hint=f"give records with the dtype LAYOUTS[{schema.name}]",
        )


class SameRecords:
    """The identity: the records as they are."""

    def __init__(self, schema: Schema) -> None:
        self.schema: Final = schema

    def update(self, records: np.ndarray) -> np.ndarray:
        """Give the records back."""
        return records

    def flush(self) -> np.ndarray:
        """Give nothing: no record is ever held back."""
        return np.empty(0, LAYOUTS[self.schema])

    def reset(self) -> None:
        """Nothing to forget."""


class TradesOnly:
    """Every trade record, and nothing else: ``trades`` of any records, ``tbbo`` of mbp records.

    The vendor's trades and tbbo are the records with action ``T`` of its mbo and mbp-1 (never
    ``F``: a fill is the same volume once more), whatever their side, flags as they were; checked on
    a real tape: the T records of an mbp-1 file equal the trades file of the same minutes.

    Parameters
    ----------
    schema : Schema
        ``TRADES`` or ``TBBO``.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema: Final = schema

    def update(self, records: np.ndarray) -> np.ndarray:
        """Take records with an action; give the trades among them."""
        return as_schema(records[records["action"] == ACTION_TRADE], self.schema)

    def flush(self) -> np.ndarray:
        """Give nothing: no record is ever held back."""
        return np.empty(0, LAYOUTS[self.schema])

    def reset(self) -> None:
        """Nothing to forget."""


class TopOfBook:
    """mbp-1 out of mbp-10: every trade, and every record after which the best level is another.

    ``side`` is the side that changed, ``N`` where both did, as in the vendor's mbp-1; ``depth`` is
    0; everything else is the record's own.
    """

    schema: Final = Schema.MBP_1

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the last quote of every instrument."""
        self._last: dict[int, np.ndarray] = {}

    def update(self, records: np.ndarray) -> np.ndarray:
        """Take MBP-10 records; give the MBP-1 records among them."""
        check_layout(records, Schema.MBP_10)
        made = as_schema(records, Schema.MBP_1)
        made["depth"] = 0
        bid_moved = np.zeros(len(made), bool)
        ask_moved = np.zeros(len(made), bool)
        keys = keys_of(made)
        for key in np.unique(keys).tolist():
            places = np.flatnonzero(keys == key)
            before = self._before(key, made[places])
            now = made[places]
            bid_moved[places] = _differ(now, before, _TOP[0::2])
            ask_moved[places] = _differ(now, before, _TOP[1::2])
            self._last[key] = now[-1:].copy()
        is_trade = made["action"] == ACTION_TRADE
        side = np.where(bid_moved, np.where(ask_moved, SIDE_NONE, SIDE_BID), SIDE_ASK)
        made["side"] = np.where(is_trade, made["side"], side)
        shown: np.ndarray = made[is_trade | bid_moved | ask_moved]
        return shown

    def flush(self) -> np.ndarray:
        """Give nothing: no record is ever held back."""
        return np.empty(0, LAYOUTS[self.schema])

    def _before(self, key: int, now: np.ndarray) -> np.ndarray:
        """Give the records one step earlier; before the first, an empty book."""
        first = self._last.get(key)
        if first is None:
            first = empty_quotes(Schema.MBP_1, 1)
        return np.concatenate([first, now[:-1]])


def empty_quotes(schema: Schema, count: int) -> np.ndarray:
    """Make records of an mbp schema whose levels are all empty: UNDEF_PRICE, size and count 0."""
    made = new_records(schema, count)
    for name in LAYOUTS[schema].names or ():
        if name.startswith(("bid_px_", "ask_px_")):
            made[name] = np.iinfo("i8").max
    return made


def _differ(now: np.ndarray, before: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    differ = np.zeros(len(now), bool)
    for name in names:
        differ |= now[name] != before[name]
    return differ
