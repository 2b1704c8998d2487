"""The consolidated best bid and offer, against the plainest reading of its rule."""

from hypothesis import given
from hypothesis import strategies as st

from ticktape.book.consolidated import consolidate
from ticktape.book.quotes import Bbo
from ticktape.tape.layouts import UNDEF_PRICE

EMPTY = (UNDEF_PRICE, 0, 0)
quotes = st.one_of(
    st.just(EMPTY),
    st.tuples(st.integers(-3, 3), st.integers(1, 2**32), st.integers(0, 9)),
)
publishers = st.dictionaries(st.integers(1, 200), st.tuples(quotes, quotes), max_size=6)


def plainly(quoted, better):
    """Walk the quotes one by one: the better price replaces, the same price adds."""
    price, size, count, shown_by = None, 0, 0, []
    for publisher in sorted(quoted):
        own_price, own_size, own_count = quoted[publisher]
        if own_price == UNDEF_PRICE:
            continue
        if price is None or better(own_price, price):
            price, size, count, shown_by = own_price, own_size, own_count, [publisher]
        elif own_price == price:
            size, count, shown_by = size + own_size, count + own_count, [*shown_by, publisher]
    return (UNDEF_PRICE if price is None else price, size, count), tuple(shown_by)


@given(publishers)
def test_best_price_with_the_sums_of_those_who_show_it(quoted):
    found = consolidate({one: Bbo(*bid, *ask) for one, (bid, ask) in quoted.items()})
    bid, bidders = plainly({one: bid for one, (bid, _) in quoted.items()}, lambda a, b: a > b)
    ask, sellers = plainly({one: ask for one, (_, ask) in quoted.items()}, lambda a, b: a < b)
    assert found.bbo == (*bid, *ask)
    assert (found.bid_publishers, found.ask_publishers) == (bidders, sellers)


def test_nobody_quotes():
    assert consolidate({}).bbo == (*EMPTY, *EMPTY)
    assert consolidate({3: Bbo(*EMPTY, *EMPTY)}).bid_publishers == ()


def test_publishers_may_cross_each_other():
    crossed = consolidate({1: Bbo(100, 5, 1, 102, 5, 1), 2: Bbo(104, 7, 2, 106, 1, 1)})
    assert crossed.bbo == (104, 7, 2, 102, 5, 1)
    assert crossed.bbo.is_crossed
    assert (crossed.bid_publishers, crossed.ask_publishers) == ((2,), (1,))


def test_equal_prices_are_summed():
    same = consolidate({1: Bbo(100, 5, 1, 102, 5, 1), 2: Bbo(100, 7, 2, 102, 1, 4)})
    assert same.bbo == (100, 12, 3, 102, 6, 5)
    assert same.bid_publishers == same.ask_publishers == (1, 2)
