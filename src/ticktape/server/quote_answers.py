"""Best bids and offers: each publisher's, and of each instrument the consolidated one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import Final, NamedTuple

from ticktape.book import Bbo
from ticktape.book.consolidated import consolidate
from ticktape.server.book_answers import SEE_SYMBOLS, BookAnswers, etag_of
from ticktape.server.book_messages import BboAnswer, BestQuote, InstrumentQuotes, PublisherQuote
from ticktape.server.rows import BookKey
from ticktape.tape.errors import UnknownSymbolError
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.prices import format_price
from ticktape.tape.publishers import DATASET_OF_PUBLISHER

# How long the end of an event is waited for: a replay may stand in the middle of one.
_PATIENCE_S: Final = 0.25


class KeptQuote(NamedTuple):
    """The best bid and offer of a book, at some version of it."""

    version: tuple[int, ...]
    bbo: Bbo
    time_ns: int
    is_stale: bool
    in_event: bool


def quotes_asked(answers: BookAnswers, symbols: Sequence[str]) -> tuple[list[BookKey], list[str]]:
    """Tell which books the quotes of some symbols are made of.

    Returns
    -------
    keys : list
        Of the books, by instrument.
    not_found : list of str
        Symbols that stand for no book.

    Raises
    ------
    UnknownSymbolError
        If none of them does.
    """
    directory = answers.hub.directory
    every = directory.book_keys()
    keys: dict[BookKey, None] = {}
    not_found = []
    for symbol in symbols:
        ids = directory.resolve([symbol], None).instrument_ids
        found = [key for key in every if key[1] in ids]
        keys.update(dict.fromkeys(found))
        if not found:
            not_found.append(symbol)
    if not keys:
        raise UnknownSymbolError(f"there is no book of {', '.join(symbols)} yet", hint=SEE_SYMBOLS)
    return sorted(keys, key=lambda key: (key[1], key[0])), not_found


async def read_quotes(answers: BookAnswers, keys: Sequence[BookKey]) -> dict[BookKey, KeptQuote]:
    """Read the best bids and offers of books at the ends of their events.

    What stands in the middle of an event for a quarter of a second is read as it is.
    """
    found: dict[BookKey, KeptQuote] = {}
    loop = asyncio.get_running_loop()
    until = loop.time() + _PATIENCE_S
    while True:
        is_late = loop.time() >= until
        upcoming = answers.hub.arrivals.upcoming
        for key in keys:
            book = answers.hub.directory.book(key)
            if key in found or book is None or (book.in_event and not is_late):
                continue
            found[key] = KeptQuote(
                answers.version(key),
                book.bbo(),
                answers.time_of(key),
                book.is_stale or not answers.hub.source.connected,
                book.in_event,
            )
        if is_late or len(found) == len(keys):
            return found
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await upcoming.wait()


def etag_of_quotes(quotes: dict[BookKey, KeptQuote], not_found: Sequence[str]) -> bytes:
    """Give the ``ETag`` of quotes: of many books, their versions would make a long one."""
    versions = [quote.version for quote in quotes.values()]
    digest = blake2b(repr((versions, not_found)).encode(), digest_size=8).digest()
    return etag_of([int.from_bytes(digest)])


def quotes_of(
    answers: BookAnswers, quotes: dict[BookKey, KeptQuote], not_found: list[str]
) -> BboAnswer:
    """Tell the best bids and offers of books, and of each instrument the consolidated one."""
    by_instrument: dict[int, dict[int, KeptQuote]] = {}
    for (publisher, instrument_id), quote in sorted(quotes.items(), key=lambda one: one[0][::-1]):
        by_instrument.setdefault(instrument_id, {})[publisher] = quote
    return BboAnswer(
        [_quotes_of(answers, one, found) for one, found in by_instrument.items()], not_found
    )


def _quotes_of(
    answers: BookAnswers, instrument_id: int, quotes: dict[int, KeptQuote]
) -> InstrumentQuotes:
    best = consolidate({publisher: quote.bbo for publisher, quote in quotes.items()})
    return InstrumentQuotes(
        answers.hub.directory.symbol_of(instrument_id),
        instrument_id,
        _quote(best.bbo),
        list(best.bid_publishers),
        list(best.ask_publishers),
        [
            PublisherQuote(
                publisher,
                DATASET_OF_PUBLISHER.get(publisher),
                quote.time_ns,
                str(quote.time_ns),
                quote.is_stale,
                quote.in_event,
                _quote(quote.bbo),
            )
            for publisher, quote in quotes.items()
        ],
    )


def _quote(bbo: Bbo) -> BestQuote:
    has_bid, has_ask = bbo.bid_price != UNDEF_PRICE, bbo.ask_price != UNDEF_PRICE
    return BestQuote(
        format_price(bbo.bid_price) or None,
        bbo.bid_price if has_bid else None,
        bbo.bid_size,
        bbo.bid_count,
        format_price(bbo.ask_price) or None,
        bbo.ask_price if has_ask else None,
        bbo.ask_size,
        bbo.ask_count,
        bbo.is_crossed,
        bbo.is_locked,
    )
