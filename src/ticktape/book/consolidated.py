"""The consolidated best bid and offer: one instrument's quotes of many publishers, as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ticktape.book.quotes import Bbo
from ticktape.tape.layouts import UNDEF_PRICE


class ConsolidatedBbo(NamedTuple):
    """The best bid and offer over publishers, and who shows them.

    Attributes
    ----------
    bbo : Bbo
        The highest bid and the lowest offer; sizes and numbers of orders are the sums of those
        publishers that show that very price. Crossed or locked where different publishers are.
    bid_publishers, ask_publishers : tuple of int
        The publishers that show the best price, in ascending order; none where nobody does.
    """

    bbo: Bbo
    bid_publishers: tuple[int, ...]
    ask_publishers: tuple[int, ...]


def consolidate(bbos: Mapping[int, Bbo]) -> ConsolidatedBbo:
    """Make one best bid and offer of many publishers'.

    Parameters
    ----------
    bbos : mapping of int to Bbo
        The best bid and offer of each publisher, by its id.

    Returns
    -------
    ConsolidatedBbo

    Notes
    -----
    The rule is that of the vendor's ``aggregated_bbo``: the best price over the publishers, sizes
    and counts summed over the publishers at that price (docs, "Constructing limit order books").
    """
    bids = {
        publisher: (bbo.bid_price, bbo.bid_size, bbo.bid_count) for publisher, bbo in bbos.items()
    }
    asks = {
        publisher: (bbo.ask_price, bbo.ask_size, bbo.ask_count) for publisher, bbo in bbos.items()
    }
    bid, bid_publishers = _best_of(bids, sign=-1)
    ask, ask_publishers = _best_of(asks, sign=1)
    return ConsolidatedBbo(Bbo(*bid, *ask), bid_publishers, ask_publishers)


def _best_of(
    quotes: Mapping[int, tuple[int, int, int]], sign: int
) -> tuple[tuple[int, int, int], tuple[int, ...]]:
    prices = [price for price, _, _ in quotes.values() if price != UNDEF_PRICE]
    if not prices:
        return (UNDEF_PRICE, 0, 0), ()
    best = sign * min(sign * price for price in prices)
    there = sorted(publisher for publisher, quote in quotes.items() if quote[0] == best)
    size = sum(quotes[publisher][1] for publisher in there)
    count = sum(quotes[publisher][2] for publisher in there)
    return (best, size, count), tuple(there)
