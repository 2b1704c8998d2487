"""The one door to every derived schema: which can be made from which, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ticktape.book.derive import Deriver, SameRecords, TopOfBook, TradesOnly
from ticktape.book.derive_bbo import BboDeriver
from ticktape.book.derive_quotes import QuoteDeriver
from ticktape.flow.derive_samples import SampledChain
from ticktape.flow.ohlcv import OhlcvDeriver
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.intervals import BAR_LENGTHS_NS
from ticktape.tape.layouts import Schema

# Schemas that others can be made from, richest first: what orders give is not made of quotes.
SOURCES: Final = (
    Schema.MBO,
    Schema.MBP_10,
    Schema.MBP_1,
    Schema.TBBO,
    Schema.TRADES,
    Schema.OHLCV_1S,
    Schema.OHLCV_1M,
    Schema.OHLCV_1H,
)
_BARS: Final = tuple(BAR_LENGTHS_NS)
_QUOTES: Final = (Schema.MBP_10, Schema.MBP_1, Schema.TBBO)
_SAMPLED: Final = (Schema.BBO_1S, Schema.BBO_1M)


def make_deriver(source: Schema, target: Schema) -> Deriver:
    """Make what derives one schema from another.

    Parameters
    ----------
    source, target : Schema
        From mbo: everything. From mbp-10: mbp-1, tbbo, bbo, trades, ohlcv. From mbp-1: tbbo, bbo,
        trades, ohlcv. From tbbo: trades, ohlcv. From trades: ohlcv. From ohlcv: longer ohlcv.
        A schema from itself: the records as they are.

    Returns
    -------
    Deriver
        ``update(records)`` gives records of `target`, ``flush()`` those still open.

    Raises
    ------
    WrongSchemaError
        If the vendor's rules do not make `target` from `source`.
    """
    if source == target:
        return SameRecords(target)
    make = _ways(source).get(target)
    if make is None:
        makes = ", ".join(_ways(source)) or "nothing else"
        raise WrongSchemaError(
            f"{target} cannot be derived from {source}", hint=f"{source} gives {makes}"
        )
    return make()


def _ways(source: Schema) -> dict[Schema, Callable[[], Deriver]]:
    ways: dict[Schema, Callable[[], Deriver]] = {}
    if source in (Schema.MBO, Schema.MBP_10, Schema.MBP_1, Schema.TBBO):
        ways[Schema.TRADES] = lambda: TradesOnly(Schema.TRADES)
    if source in (Schema.MBP_10, Schema.MBP_1):
        ways[Schema.TBBO] = lambda: TradesOnly(Schema.TBBO)
    if source is Schema.MBP_10:
        ways[Schema.MBP_1] = TopOfBook
    if source is Schema.MBO:
        ways |= {schema: _quotes_of(schema) for schema in _QUOTES}
    if source in (Schema.MBO, Schema.MBP_10, Schema.MBP_1):
        ways |= {schema: _from_mbp_1(source, schema) for schema in _SAMPLED}
    if source in (Schema.MBO, Schema.MBP_10, Schema.MBP_1, Schema.TBBO, Schema.TRADES):
        ways |= {schema: _bars_of(schema) for schema in _BARS}
    if source in _BARS:
        ways |= {schema: _bars_of(schema) for schema in _BARS[_BARS.index(source) + 1 :]}
    return ways


def _quotes_of(schema: Schema) -> Callable[[], Deriver]:
    return lambda: QuoteDeriver(schema)


def _bars_of(schema: Schema) -> Callable[[], Deriver]:
    return lambda: OhlcvDeriver(schema)


def _from_mbp_1(source: Schema, schema: Schema) -> Callable[[], Deriver]:
    if source is Schema.MBP_1:
        return lambda: BboDeriver(schema)
    return lambda: SampledChain(make_deriver(source, Schema.MBP_1), schema)
