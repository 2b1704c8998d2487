"""Best bids and offers: each publisher's, and of each instrument the consolidated one."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from ticktape.book import Bbo, Book
from ticktape.book.consolidated import consolidate
from ticktape.server.book_answers import SEE_SYMBOLS, BookAnswers, etag_of
from ticktape.server.book_messages import BboAnswer, BestQuote, InstrumentQuotes, PublisherQuote
from ticktape.server.rows import BookKey
from ticktape.tape.errors import UnknownSymbolError
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.prices import format_price
from ticktape.tape.publishers import DATASET_OF_PUBLISHER


def quotes_asked(
    answers: BookAnswers, symbols: Sequence[str]
) -> tuple[bytes, list[BookKey], list[str]]:
    """Tell which books the quotes of some symbols are made of, and the quotes' ``ETag``.

    Returns
    -------
    etag : bytes
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
    versions = [answers.version(key) for key in keys]
    # Of many books, their versions would make a long tag.
    digest = blake2b(repr((versions, not_found)).encode(), digest_size=8).digest()
    return (
        etag_of([int.from_bytes(digest)]),
        sorted(keys, key=lambda key: (key[1], key[0])),
        not_found,
    )


def quotes_of(answers: BookAnswers, keys: Sequence[BookKey], not_found: list[str]) -> BboAnswer:
    """Give the best bids and offers of books, and of each instrument the consolidated one."""
    by_instrument: dict[int, dict[int, Book]] = {}
    for key in keys:
        book = answers.hub.directory.book(key)
        if book is not None:
            by_instrument.setdefault(key[1], {})[key[0]] = book
    return BboAnswer(
        [_quotes_of(answers, one, books) for one, books in by_instrument.items()], not_found
    )


def _quotes_of(
    answers: BookAnswers, instrument_id: int, books: dict[int, Book]
) -> InstrumentQuotes:
    bbos = {publisher: book.bbo() for publisher, book in books.items()}
    best = consolidate(bbos)
    quotes = []
    for publisher, book in books.items():
        time = answers.time_of((publisher, instrument_id))
        quotes.append(
            PublisherQuote(
                publisher,
                DATASET_OF_PUBLISHER.get(publisher),
                time,
                str(time),
                book.is_stale or not answers.hub.source.connected,
                _quote(bbos[publisher]),
            )
        )
    return InstrumentQuotes(
        answers.hub.directory.symbol_of(instrument_id),
        instrument_id,
        _quote(best.bbo),
        list(best.bid_publishers),
        list(best.ask_publishers),
        quotes,
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
