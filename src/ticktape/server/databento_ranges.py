"""Ranges from Databento, where there is a key."""

from __future__ import annotations

from typing import NamedTuple

from ticktape.feeds.databento_historical import DatabentoHistoricalFeed
from ticktape.feeds.databento_key import ApiKey, find_key
from ticktape.server.historical import FetchUpstream
from ticktape.server.messages import HistoricalRequest
from ticktape.tape.batch import Batch
from ticktape.tape.errors import AuthenticationError
from ticktape.tape.layouts import Schema
from ticktape.tape.symbol_map import SymbolMap


class Answer(NamedTuple):
    """What the vendor answered.

    Attributes
    ----------
    batches : list of Batch
        Records of the schema asked for.
    symbols : SymbolMap
        Names of their instruments.
    """

    batches: list[Batch]
    symbols: SymbolMap


def upstream(key: ApiKey, dataset: str, gateway: str | None = None) -> FetchUpstream:
    """Give what asks Databento for ranges.

    Parameters
    ----------
    key : ApiKey
        Goes to the vendor alone.
    dataset : str
        Dataset code.
    gateway : str, optional
        Another server than the vendor's own.
    """

    async def fetch(
        request: HistoricalRequest, start_ns: int, end_ns: int, stype_in: str, limit: int
    ) -> Answer:
        feed = DatabentoHistoricalFeed(
            key,
            dataset,
            Schema(request.schema),
            request.symbols,
            start_ns,
            end_ns,
            stype_in,
            limit=limit,
            gateway=gateway,
        )
        batches = [batch async for batch in feed]
        return Answer(batches, SymbolMap.from_metadata(feed.metadata))

    return fetch


def upstream_where_possible(dataset: str, gateway: str | None = None) -> FetchUpstream | None:
    """Give what asks Databento for ranges; None where there is no key."""
    try:
        key = find_key()
    except AuthenticationError:
        return None
    return upstream(key, dataset, gateway)
