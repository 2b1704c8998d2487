"""mbp-1, mbp-10 and tbbo records from mbo records."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.derive import check_layout
from ticktape.book.derive_quotes_kernels import (
    LEVEL_PAIR,
    PENDING,
    QUOTE_HEAD,
    QuoteRows,
    Shown,
    derive_quotes,
)
from ticktape.book.mbo_room import make_room
from ticktape.book.mbo_state_kernels import new_mbo_state
from ticktape.ops.kernels import kernel_input
from ticktape.tape.layouts import LAYOUTS, RTYPES, Schema

_DEPTHS: Final = {Schema.TBBO: 1, Schema.MBP_1: 1, Schema.MBP_10: 10}
_SPARE_ROWS: Final = 64


class QuoteDeriver:
    """The vendor's quotes by price, out of the book that the orders make.

    A trade gives a row at once, with the levels immediately before its effect. Anything else gives
    one row an event, at its ``F_LAST``, if the levels shown changed in it: on the vendor's own
    mbp-1 tapes every row that is not a trade carries ``F_LAST``, however many orders the event
    swept. Its times, flags and sequence are those of the record that ends the event; ``action``,
    ``side``, ``price``, ``size`` those of the last record that changed the levels shown, ``depth``
    the best level which that record changed; ``side`` is ``N`` where both sides changed. Empty
    levels are ``UNDEF_PRICE``, 0, 0; quotes of top-of-book feeds count no orders. Source:
    databento.com/docs/schemas (mbp-1, mbp-10, tbbo), checked on a real mbp-1 tape.

    Parameters
    ----------
    schema : Schema
        ``MBP_1``, ``MBP_10`` or ``TBBO`` (the trades only).
    """

    def __init__(self, schema: Schema) -> None:
        self.schema: Final = schema
        self._depth = _DEPTHS[schema]
        self.reset()

    def reset(self) -> None:
        """Forget every book."""
        self._state = new_mbo_state()
        self._shown = _empty_shown(len(self._state.books), self._depth)

    def update(self, records: np.ndarray) -> np.ndarray:
        """Take MBO records; give the quotes and trades of the events that they end."""
        check_layout(records, Schema.MBO)
        orders = kernel_input(records)
        only_trades = self.schema is Schema.TBBO
        done = 0
        pieces = [np.empty(0, LAYOUTS[self.schema])]
        while done < len(orders):
            # Filled in place and handed over: copying ten levels costs more than finding them.
            rows = np.empty(len(orders) - done + _SPARE_ROWS, LAYOUTS[self.schema])
            views = _views(rows, self._depth, RTYPES[self.schema])
            done, filled = derive_quotes(self._state, self._shown, orders, done, views, only_trades)
            pieces.append(rows[:filled] if 4 * filled > len(rows) else rows[:filled].copy())
            if done < len(orders) and filled + 2 <= len(rows):
                self._make_room()
        return pieces[-1] if len(pieces) == 2 else np.concatenate(pieces)

    def flush(self) -> np.ndarray:
        """Give nothing: an event without its ``F_LAST`` shows no state to rely on."""
        return np.empty(0, LAYOUTS[self.schema])

    def _make_room(self) -> None:
        self._state = make_room(self._state)
        levels, pending = self._shown
        more = _empty_shown(len(self._state.books) - len(pending), self._depth)
        self._shown = Shown(
            np.concatenate([levels, more.levels]), np.concatenate([pending, more.pending])
        )


def _empty_shown(books: int, depth: int) -> Shown:
    levels = np.zeros((books, depth), LEVEL_PAIR)
    levels["bid_px"] = levels["ask_px"] = np.iinfo("i8").max
    return Shown(levels, np.zeros(books, PENDING))


def _views(rows: np.ndarray, depth: int, rtype: int) -> QuoteRows:
    stride = rows.dtype.itemsize
    heads = np.ndarray(len(rows), QUOTE_HEAD, rows, 0, (stride,))
    levels = np.ndarray(
        (len(rows), depth), LEVEL_PAIR, rows, QUOTE_HEAD.itemsize, (stride, LEVEL_PAIR.itemsize)
    )
    return QuoteRows(heads, levels, stride // 4, rtype)
