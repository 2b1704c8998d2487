"""``ticktape book``: the order book at a point of a tape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from ticktape.book.tape_book import TapeBook, book_of_tape
from ticktape.cli.progress import watch_batches
from ticktape.cli.results import print_result
from ticktape.cli.tables import format_table
from ticktape.cli.usage import WrongUsageError, wrong_usage
from ticktape.tape.files import open_tape
from ticktape.tape.prices import format_price
from ticktape.tape.times import format_time, parse_time

_COUNTERS = (
    "adds",
    "cancels",
    "modifies",
    "trades",
    "fills",
    "clears",
    "unknown_cancels",
    "adopted_modifies",
    "duplicate_adds",
)


def book(
    file: Annotated[Path, typer.Argument(help="A tape with mbo records, or quotes.")],
    at_record: Annotated[
        int | None, typer.Option(help="After this many records; by default all.")
    ] = None,
    at_time: Annotated[
        str | None,
        typer.Option(help="After the records received until then: 2025-09-24T20:00Z, or ns."),
    ] = None,
    symbol: Annotated[
        str | None, typer.Option(help="CLX5, or an instrument id; not needed for one instrument.")
    ] = None,
    publisher: Annotated[
        int | None, typer.Option(help="A publisher's id, where the instrument has several.")
    ] = None,
    levels: Annotated[int, typer.Option(min=0, help="Levels of each side.")] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document; ts_event is RFC 3339 in UTC.")
    ] = False,
) -> None:
    """Print the order book at a record or a time."""
    if at_record is not None and at_time is not None:
        raise WrongUsageError("--at-record and --at-time are two points", hint="give one of them")
    with wrong_usage():
        at_time_ns = None if at_time is None else parse_time(at_time)
    tape = open_tape(file)
    found = book_of_tape(
        watch_batches(tape, f"reading {file.name}"),
        tape.metadata,
        symbol=symbol,
        publisher_id=publisher,
        at_record=at_record,
        at_time_ns=at_time_ns,
    )
    document = book_document(found, levels)
    print_result(
        json.dumps(document, indent=2) if as_json else ladder_text(found, document),
        tape.cut,
        as_json=as_json,
        until_cut="the book is that of the last whole record",
    )


def book_document(found: TapeBook, levels: int) -> dict[str, Any]:
    """Write a book as a JSON document.

    Parameters
    ----------
    found : TapeBook
        The book.
    levels : int
        How many levels of each side.

    Returns
    -------
    dict
        Prices are decimal strings; ``live_orders`` is null where the tape tells no orders.
    """
    shown = found.book
    bids, asks = shown.levels(levels)
    counters = shown.counters
    return {
        "symbol": found.symbol,
        "instrument_id": shown.instrument_id,
        "publisher_id": shown.publisher_id,
        "record": found.record,
        "ts_event": format_time(found.ts_event_ns),
        "bids": _rows(bids),
        "asks": _rows(asks),
        "bid_levels": shown.bid_levels,
        "ask_levels": shown.ask_levels,
        "live_orders": shown.live_orders,
        "crossed": shown.is_crossed,
        "counters": {name: counters.get(name, 0) for name in _COUNTERS},
    }


def _rows(levels: np.ndarray) -> list[dict[str, Any]]:
    return [
        {"price": format_price(price), "size": size, "count": count}
        for price, size, count in levels.tolist()
    ]


def ladder_text(found: TapeBook, document: dict[str, Any]) -> str:
    """Write a book as a ladder: asks above bids, the best next to each other.

    Parameters
    ----------
    found : TapeBook
        The book.
    document : dict
        The same as ``book_document`` gives it.

    Returns
    -------
    str
        Lines for a person to read.
    """
    shown = [*document["asks"][::-1], *document["bids"]]
    prices = _aligned([one["price"] for one in shown])
    rows: list[list[object]] = [
        ["", "", price, one["size"], one["count"]]
        if i < len(document["asks"])
        else [one["count"], one["size"], price, "", ""]
        for i, (one, price) in enumerate(zip(shown, prices, strict=True))
    ]
    orders = document["live_orders"]
    odd = {name: count for name, count in found.book.counters.items() if count}
    lines = [
        f"{found.symbol}  instrument {document['instrument_id']}  "
        f"publisher {document['publisher_id']}",
        f"after {found.record:,} records, at {document['ts_event']}",
        format_table(["orders", "bid", "price", "ask", "orders"], rows, 0),
        f"{document['bid_levels']} bid and {document['ask_levels']} ask levels"
        + ("" if orders is None else f", {orders:,} orders"),
        *_warnings(found),
        ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in odd.items()),
    ]
    return "\n".join(lines)


def _aligned(prices: list[str]) -> list[str]:
    """Give prices the same number of decimals."""
    decimals = [len(price.partition(".")[2]) for price in prices]
    most = max(decimals, default=0)
    return [
        (price if has or not most else f"{price}.") + "0" * (most - has)
        for price, has in zip(prices, decimals, strict=True)
    ]


def _warnings(found: TapeBook) -> list[str]:
    told = {
        "inside an event: more records belong to it": found.book.in_event,
        "crossed": found.book.is_crossed,
        "locked": found.book.is_locked,
        "stale: the publisher lost records, and no snapshot has come since": found.book.is_stale,
    }
    return [text for text, is_so in told.items() if is_so]
