"""What a session asked for by symbol: answered when it asks, and when an instrument lists later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ticktape.gateway.live.catalogue import Catalogue
from ticktape.gateway.live.channels import Channel, Channels
from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.session_records import (
    ErrorCode,
    SystemCode,
    error_record,
    mapping_records,
    system_record,
)
from ticktape.gateway.live.wire import ALL_SYMBOLS, SubscriptionRequest
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema
from ticktape.tape.symbology import Resolution

# Resolved once, when they are asked for: a later contract does not take their place.
_FROZEN: Final = frozenset({"continuous"})


@dataclass(slots=True)
class _Standing:
    request: SubscriptionRequest
    start_ns: int | None
    mapped: set[int]


class Listings:
    """The symbols of one session.

    Parameters
    ----------
    catalogue : Catalogue
        Of the source; what it comes to know later is found here too.
    channels : Channels
        Of the session.
    outlet : Outlet
        Of the session.
    """

    def __init__(self, catalogue: Catalogue, channels: Channels, outlet: Outlet) -> None:
        self._catalogue = catalogue
        self._channels = channels
        self._outlet = outlet
        self._standing: list[_Standing] = []
        self._known = np.empty(0, np.uint32)

    def subscribe(
        self, request: SubscriptionRequest, start_ns: int | None, now_ns: int
    ) -> Channel | None:
        """Resolve a subscription; queue its mappings, unresolved symbols and acknowledgement.

        Returns
        -------
        Channel or None
            What carries the records asked for; None where the session has them already.
        """
        resolution, reasons = self._catalogue.resolve(request, now_ns)
        ids = self._map(request, resolution, set(), now_ns)
        self._known = np.union1d(self._known, np.array(sorted(ids), np.uint32))
        if ALL_SYMBOLS not in request.symbols:
            self._say_not_found(request, resolution.not_found, reasons, now_ns)
        if request.is_last:
            number = request.id or 0
            text = f"Subscription request {number} for {request.schema.value} data succeeded"
            record = system_record(SystemCode.SUBSCRIPTION_ACK, text, now_ns)
            self._outlet.put_now(Batch(Schema.SYSTEM, record))
        if request.stype_in not in _FROZEN:
            self._standing.append(_Standing(request, start_ns, set(ids)))
        wanted = None if ALL_SYMBOLS in request.symbols else ids
        return self._channels.add(request.schema, wanted, start_ns)

    def learn(self, records: np.ndarray, now_ns: int) -> None:
        """Map and serve what was asked for and lists only now.

        Parameters
        ----------
        records : numpy.ndarray
            Definitions or mappings that the catalogue has taken.
        now_ns : int
            Time of the timeline.
        """
        new = np.setdiff1d(records["instrument_id"], self._known)
        if not len(new):
            return
        self._known = np.union1d(self._known, new)
        for one in self._standing:
            resolution, _ = self._catalogue.resolve(one.request, now_ns)
            ids = self._map(one.request, resolution, one.mapped, now_ns)
            one.mapped |= ids
            if ids and ALL_SYMBOLS not in one.request.symbols:
                self._channels.add(one.request.schema, ids, one.start_ns)
                self._channels.join()

    def forget_starts(self) -> None:
        """Leave out no more records that are older than a replay's start: it is over."""
        for one in self._standing:
            one.start_ns = None

    def _map(
        self, request: SubscriptionRequest, resolution: Resolution, mapped: set[int], now_ns: int
    ) -> frozenset[int]:
        everything = ALL_SYMBOLS in request.symbols
        rows = [
            (instrument_id, raw_symbol if everything else asked, raw_symbol)
            for asked, found in resolution.found.items()
            for instrument_id, raw_symbol in found
            if instrument_id not in mapped
        ]
        mappings = mapping_records(rows, request.stype_in, now_ns)
        self._outlet.put_now(Batch(Schema.SYMBOL_MAPPING, mappings))
        return frozenset(row[0] for row in rows)

    def _say_not_found(
        self,
        request: SubscriptionRequest,
        symbols: list[str],
        reasons: dict[str, str],
        now_ns: int,
    ) -> None:
        for symbol in symbols:
            text = f"Failed to resolve symbol {symbol} of type {request.stype_in}"
            if symbol in reasons:
                text = f"{text}: {reasons[symbol]}"
            code = ErrorCode.SYMBOL_RESOLUTION_FAILED
            record = error_record(code, text, now_ns, is_last=symbol == symbols[-1])
            self._outlet.put_now(Batch(Schema.ERROR, record))
