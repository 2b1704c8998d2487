"""The state of books as records, for sessions that ask for ``snapshot=1``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from ticktape.book import MboBook
from ticktape.gateway.live.catalogue import Catalogue
from ticktape.gateway.live.wire import ALL_SYMBOLS, SubscriptionRequest
from ticktape.market import Market
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import (
    ACTION_CLEAR,
    F_BAD_TS_RECV,
    F_LAST,
    F_SNAPSHOT,
    SIDE_NONE,
    UNDEF_PRICE,
    Schema,
    new_records,
)
from ticktape.tape.publishers import ONLY_PUBLISHER_OF

_EMPTY_FLAGS: Final = F_LAST | F_SNAPSHOT | F_BAD_TS_RECV


def market_after(batches: Iterable[Batch]) -> Market:
    """Give the market as these batches leave it."""
    market = Market()
    for batch in batches:
        market.apply(batch)
    return market


def book_records(
    market: Market, now_ns: int, instrument_ids: Iterable[int] | None = None
) -> Iterator[np.ndarray]:
    """Give the books by order as records, each a clear and then its orders by priority."""
    wanted = None if instrument_ids is None else set(instrument_ids)
    for publisher_id, instrument_id in market.keys():  # noqa: SIM118 -- no dict
        is_wanted = wanted is None or instrument_id in wanted
        if is_wanted and isinstance(market.book(instrument_id, publisher_id), MboBook):
            yield market.snapshot_records(instrument_id, now_ns, publisher_id)


def snapshots(
    market: Market, catalogue: Catalogue, request: SubscriptionRequest, now_ns: int, dataset: str
) -> Iterator[np.ndarray]:
    """Give what a subscription with ``snapshot=1`` is answered with.

    An instrument without a book gives the snapshot of an empty one, a single clear with flags 168;
    or nothing where its publisher cannot be told, as a book is one publisher's.
    """
    if not request.snapshot:
        return
    wanted = catalogue.resolve(request, now_ns)[0].instrument_ids
    if ALL_SYMBOLS in request.symbols:
        wanted |= {instrument_id for _, instrument_id in market.keys()}  # noqa: SIM118 -- no dict
    missing = wanted - {instrument_id for _, instrument_id in market.keys()}  # noqa: SIM118 -- no dict
    yield from book_records(market, now_ns, wanted)
    for instrument_id in sorted(missing):
        defined = catalogue.instruments.by_id(instrument_id)
        publisher_id = ONLY_PUBLISHER_OF.get(dataset) if defined is None else defined.publisher_id
        if publisher_id:
            yield _empty_book(publisher_id, instrument_id, now_ns)


def _empty_book(publisher_id: int, instrument_id: int, now_ns: int) -> np.ndarray:
    record = new_records(Schema.MBO, 1)
    record["publisher_id"] = publisher_id
    record["instrument_id"] = instrument_id
    record["ts_event"] = now_ns
    record["ts_recv"] = now_ns
    record["action"] = ACTION_CLEAR
    record["side"] = SIDE_NONE
    record["price"] = UNDEF_PRICE
    record["flags"] = _EMPTY_FLAGS
    return record
