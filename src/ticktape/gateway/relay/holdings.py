"""What a relay holds of its upstream: the union of what its clients asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.gateway.live.catalogue import Catalogue
from ticktape.gateway.live.wire import ALL_SYMBOLS, SubscriptionRequest
from ticktape.tape.batch import Batch
from ticktape.tape.instruments import Instruments
from ticktape.tape.layouts import Schema
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import Resolution, ResolvedSymbol

# A single instrument's own names: what covers the instrument covers them.
_OWN_NAMES = frozenset({"raw_symbol", "instrument_id"})


class Asked(NamedTuple):
    """A symbol as it was asked for."""

    stype_in: str
    symbol: str


class RelayCatalogue(Catalogue):
    """What the upstream said that symbols stand for comes before what could be inferred.

    So ``ES.c.0`` is the contract that the upstream mapped it to, though this relay may know of no
    other to rank it among.
    """

    def __init__(self) -> None:
        super().__init__(Instruments(), SymbolMap())
        self.mapped: dict[str, dict[int, str]] = {}

    def learn(self, batch: Batch) -> bool:
        """Take what a batch says of instruments and symbols; False where it says nothing."""
        if batch.schema is Schema.SYMBOL_MAPPING:
            for record in batch.records:
                asked = record["stype_in_symbol"].decode()
                raw_symbol = record["stype_out_symbol"].decode()
                self.mapped.setdefault(asked, {})[int(record["instrument_id"])] = raw_symbol
        return super().learn(batch)

    def resolve(
        self, request: SubscriptionRequest, now_ns: int
    ) -> tuple[Resolution, dict[str, str]]:
        """Give what a subscription's symbols stand for, and why some cannot be told."""
        if ALL_SYMBOLS in request.symbols:
            return super().resolve(request, now_ns)
        found = {
            symbol: [ResolvedSymbol(*one) for one in self.mapped[symbol].items()]
            for symbol in request.symbols
            if symbol in self.mapped
        }
        rest = tuple(symbol for symbol in request.symbols if symbol not in found)
        if not rest:
            return Resolution(found, [], {}), {}
        others, reasons = super().resolve(replace(request, symbols=rest), now_ns)
        return Resolution(found | others.found, others.not_found, others.classes), reasons


class Holdings:
    """What is subscribed to upstream, by schema.

    Parameters
    ----------
    subscriptions : iterable of LiveSubscription
        What the relay begins with.
    catalogue : RelayCatalogue
        What symbols stand for.
    """

    def __init__(
        self, subscriptions: Iterable[LiveSubscription], catalogue: RelayCatalogue
    ) -> None:
        self._catalogue = catalogue
        self._held: dict[Schema, set[Asked]] = {}
        for one in subscriptions:
            self.add(one.schema, [Asked(one.stype_in, symbol) for symbol in one.symbols])

    def schemas(self) -> frozenset[Schema]:
        """Give the schemas that come from upstream."""
        return frozenset(self._held)

    def add(self, schema: Schema, symbols: Iterable[Asked]) -> None:
        """Note that this is subscribed to."""
        self._held.setdefault(schema, set()).update(symbols)

    def remove(self, subscription: LiveSubscription) -> None:
        """Note that the upstream refused this."""
        asked = {Asked(subscription.stype_in, symbol) for symbol in subscription.symbols}
        self._held.get(subscription.schema, set()).difference_update(asked)

    def missing(self, schema: Schema, request: SubscriptionRequest, now_ns: int) -> list[Asked]:
        """Name the symbols of a request that nobody asked the upstream for yet.

        ``ALL_SYMBOLS`` is everything that the relay holds, and so never missing.
        """
        held = self._held.get(schema, set())
        everything = {Asked("raw_symbol", ALL_SYMBOLS), Asked("parent", ALL_SYMBOLS)}
        if ALL_SYMBOLS in request.symbols or held & everything:
            return []
        asked = [Asked(request.stype_in, symbol) for symbol in request.symbols]
        missing = [one for one in asked if one not in held]
        if request.stype_in not in _OWN_NAMES or not missing:
            return missing
        covered = {
            instrument_id
            for one in held
            for instrument_id in self._catalogue.mapped.get(one.symbol, ())
        }
        found = self._catalogue.resolve(request, now_ns)[0].found
        return [
            one
            for one in missing
            if one.symbol not in found
            or not covered.issuperset(resolved.instrument_id for resolved in found[one.symbol])
        ]
