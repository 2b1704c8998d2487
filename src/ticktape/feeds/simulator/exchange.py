"""The simulated exchange: the same seed gives the same bytes, however they are asked for."""

from __future__ import annotations

from typing import Final

import databento_dbn as dbn
import numpy as np

from ticktape.feeds.simulator import state as cells
from ticktape.feeds.simulator.definitions import (
    channel_of,
    contract_metadata,
    definition_records,
    status_records,
)
from ticktape.feeds.simulator.exchange_kernels import advance, write_snapshot
from ticktape.feeds.simulator.flow_kernels import schedule_arrival
from ticktape.feeds.simulator.products import DEFAULT_PRODUCTS, Contract, Product, list_contracts
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import LAYOUTS, Schema, new_records

_LAYOUT: Final = LAYOUTS[Schema.MBO]
# 2026-01-05T14:30:00Z, a Monday, at the open of the stock market.
DEFAULT_START_NS: Final = 1_767_623_400_000_000_000
# Records that bring the books to their usual depth before the start.
_WARM_UP_RECORDS: Final = 150_000
_LIVE_ORDERS: Final = 9_000
_RECORDS_PER_ARRIVAL: Final = 2.0
# Of the arrivals, those that answer none before them.
_SPONTANEOUS: Final = 0.5
# On CME's crude oil one order in four thousand is filled beyond what it showed; of those placed
# here only some are ever filled.
_ICEBERG_SHARE: Final = 0.003
_FOREVER: Final = 2**63 - 1
_CHUNK: Final = 65_536
_LEAST_RATE: Final = 1.0
_MOST_RATE: Final = 50_000_000.0


def require_rate(rate: float) -> None:
    """Refuse a rate that no exchange can be simulated at.

    Raises
    ------
    BadValueError
        If it is out of range.
    """
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise BadValueError(
            f"a rate of {rate:g} records a second cannot be simulated",
            hint=f"give {_LEAST_RATE:g} to {_MOST_RATE:,.0f}",
        )


class SimulatedExchange:
    """A matching engine under a random order flow, read as MBO records.

    Parameters
    ----------
    seed : int
        Same seed and same everything below: same bytes.
    rate : float
        Mean records per second of event time, over all instruments.
    start_ns : int
        Event time of the start, ns since the epoch.
    products : tuple of Product
        What is listed.
    pre_open_ns : int
        Length of a pre-open before the start of trading. The books begin empty and may cross;
        at ``start_ns + pre_open_ns`` each is uncrossed at one price. 0 starts in the middle of
        trading with full books.
    iceberg_share : float
        Of the orders for two contracts and more, those that show only a part of their size.

    Raises
    ------
    BadValueError
        If the rate or the share is out of range, no product is given, or the pre-open is negative.

    Notes
    -----
    Arrays returned are read-only, of dtype ``LAYOUTS[Schema.MBO]``. A book kept by the documented
    rules from :meth:`snapshot` and the records that follow equals the engine's own at the end of
    every event, queue order included.
    """

    def __init__(
        self,
        seed: int = 1,
        rate: float = 50_000.0,
        start_ns: int = DEFAULT_START_NS,
        products: tuple[Product, ...] = DEFAULT_PRODUCTS,
        pre_open_ns: int = 0,
        iceberg_share: float = _ICEBERG_SHARE,
    ) -> None:
        require_rate(rate)
        if not products:
            raise BadValueError("no products to simulate")
        if pre_open_ns < 0:
            raise BadValueError(f"the pre-open is {pre_open_ns} ns long", hint="give 0 or more")
        if not 0.0 <= iceberg_share <= 1.0:
            raise BadValueError(f"the share of icebergs is {iceberg_share}, not between 0 and 1")
        self.start_ns = start_ns
        self.opens_ns = start_ns + pre_open_ns
        self.rate = rate
        self.contracts: list[Contract] = list_contracts(products, start_ns)
        self._pending = np.empty(0, _LAYOUT)
        self._now_ns = start_ns
        self._state = _make_state(self.contracts, products, seed, rate)
        self._state.gauges[cells.ICEBERG_SHARE] = iceberg_share
        self._begin(pre_open_ns)

    @property
    def metadata(self) -> dbn.Metadata:
        """Metadata of the MBO records, with the mapping table of the contracts."""
        return contract_metadata(self.contracts, Schema.MBO, self.start_ns, None)

    def metadata_until(self, end_ns: int) -> dbn.Metadata:
        """Make metadata of the MBO records up to a time, exclusive."""
        return contract_metadata(self.contracts, Schema.MBO, self.start_ns, end_ns)

    def definitions_metadata(self, end_ns: int) -> dbn.Metadata:
        """Make metadata of a tape of the definition records."""
        return contract_metadata(self.contracts, Schema.DEFINITION, self.start_ns, end_ns)

    def status_metadata(self, end_ns: int) -> dbn.Metadata:
        """Make metadata of a tape of the status records."""
        return contract_metadata(self.contracts, Schema.STATUS, self.start_ns, end_ns)

    @property
    def now_ns(self) -> int:
        """Event time of the last record given out; the start before the first."""
        return self._now_ns

    def definitions(self) -> np.ndarray:
        """Make the definition records of all contracts, published at the start.

        Returns
        -------
        numpy.ndarray
            Dtype ``LAYOUTS[Schema.DEFINITION]``; a spread has one record for each leg.
        """
        return definition_records(self.contracts, self.start_ns)

    def status(self, *, trading: bool = True) -> np.ndarray:
        """Make a status record for each contract, timed at the start or at the open.

        Parameters
        ----------
        trading : bool
            True for the open of trading, False for the pre-open.

        Returns
        -------
        numpy.ndarray
            Dtype ``LAYOUTS[Schema.STATUS]``.
        """
        when = self.opens_ns if trading else self.start_ns
        return status_records(self.contracts, when, trading=trading)

    def snapshot(self) -> np.ndarray:
        """Give the books as they stood when the exchange started.

        Returns
        -------
        numpy.ndarray
            MBO records of all instruments, one after the other: a clear, then the orders in
            priority order; flags 40, the last of each instrument 168.
        """
        return self._snapshot

    def books(self) -> np.ndarray:
        """Give the engine's own books as they stand after the last event it has made.

        After :meth:`run_until` that is the last event handed out; :meth:`run` may have handed out
        a part of it.

        Returns
        -------
        numpy.ndarray
            In the form of :meth:`snapshot`, timed at ``now_ns`` (or the last event, if later).
        """
        made_ns = int(self._state.clock[cells.NOW])
        return self._take_snapshot(max(self._now_ns, made_ns))

    def run(self, count: int) -> np.ndarray:
        """Give the next records.

        Parameters
        ----------
        count : int
            How many; an event may continue in the next call.

        Returns
        -------
        numpy.ndarray
            Shape ``(count,)``.
        """
        missing = count - len(self._pending)
        if missing > 0:
            self._pending = np.concatenate([self._pending, *self._generate(missing, _FOREVER)])
        return self._hand_out(count)

    def run_until(self, ts_ns: int) -> np.ndarray:
        """Give the records of all events up to a time, whole.

        Parameters
        ----------
        ts_ns : int
            Event time, inclusive.

        Returns
        -------
        numpy.ndarray
            Shape ``(n,)``; empty where nothing happened.
        """
        self._pending = np.concatenate([self._pending, *self._generate(_FOREVER, ts_ns)])
        late = np.searchsorted(self._pending["ts_event"], np.uint64(max(ts_ns, 0)), side="right")
        return self._hand_out(int(late))

    def skip_to(self, ts_ns: int) -> None:
        """Let time pass to a moment without giving the records out.

        Parameters
        ----------
        ts_ns : int
            Event time; :meth:`books` gives what the records would have led to.
        """
        while self._now_ns < ts_ns:
            reached_ns = min(ts_ns, self._now_ns + int(_CHUNK / self.rate * 1e9) + 1)
            self.run_until(reached_ns)
            self._now_ns = reached_ns

    def _hand_out(self, count: int) -> np.ndarray:
        records = self._pending[:count]
        self._pending = self._pending[count:]
        if count:
            self._now_ns = int(records["ts_event"][-1])
        records.flags.writeable = False
        return records

    def _generate(self, wanted: int, until_ns: int) -> list[np.ndarray]:
        parts = []
        made = 0
        while made < wanted:
            asked = min(wanted - made, _CHUNK)
            out = np.empty(asked + self._room(), _LAYOUT)
            written = int(advance(self._state, out, asked, until_ns))
            parts.append(out[:written])
            made += written
            if written < asked:
                break
        return parts

    # The longest event: an uncross fills every order of one instrument.
    def _room(self) -> int:
        opening = int(self._state.clock[cells.UNCROSSED])
        if opening >= len(self.contracts):
            return cells.EVENT_RECORDS
        return cells.EVENT_RECORDS + 2 * cells.ORDER_CAPACITY

    def _begin(self, pre_open_ns: int) -> None:
        state = self._state
        clock = state.clock
        per_ns = state.gauges[cells.RECORDS_PER_NS]
        if pre_open_ns:
            lead_ns = 0
            clock[cells.OPENS] = self.opens_ns
        else:
            lead_ns = int(_WARM_UP_RECORDS / per_ns)
            clock[cells.UNCROSSED] = len(self.contracts)
        begins = self.start_ns - lead_ns
        for cell in (cells.NOW, cells.NEXT_ARRIVAL, cells.STARTED, cells.LAST_RECEIVED):
            clock[cell] = begins
        state.instruments["moved"] = begins
        schedule_arrival(state)
        if lead_ns:
            self._generate(_FOREVER, self.start_ns - 1)
        clock[cells.STARTED] = self.start_ns
        clock[cells.EMITTED] = 0
        self._snapshot = self._take_snapshot(self.start_ns)

    def _take_snapshot(self, ts_recv: int) -> np.ndarray:
        count = len(self.contracts)
        records = new_records(Schema.MBO, count + int(self._state.instruments["live"].sum()))
        at = 0
        for instrument in range(count):
            at = int(write_snapshot(self._state, records, at, instrument, ts_recv))
        records.flags.writeable = False
        return records


def _make_state(
    contracts: list[Contract], products: tuple[Product, ...], seed: int, rate: float
) -> cells.ExchangeState:
    channels = {product.asset: index for index, product in enumerate(products)}
    state = cells.new_state(len(contracts), len(channels), seed)
    total = sum(contract.share for contract in contracts)
    arrivals_per_second = rate / _RECORDS_PER_ARRIVAL
    by_symbol = {contract.raw_symbol: index for index, contract in enumerate(contracts)}
    cumulative = 0.0
    for index, (row, contract) in enumerate(zip(state.instruments, contracts, strict=True)):
        cumulative += contract.share / total
        row["instrument_id"] = contract.instrument_id
        row["channel"] = channel_of(contract)
        row["channel_index"] = channels[contract.product.asset]
        row["base_price"] = contract.price - cells.MIDDLE * contract.tick
        row["tick"] = contract.tick
        row["share"] = cumulative
        row["driver"] = index
        row["coupled"] = -1
        row["volatility"] = contract.volatility
        live = _LIVE_ORDERS * (0.05 + 0.65 * contract.share / total)
        adds_per_ns = 0.8 * arrivals_per_second * contract.share / total / 1e9
        row["lifetime_ns"] = live / adds_per_ns
    for index, contract in enumerate(contracts):
        if contract.legs:
            second = by_symbol[contract.legs[1].raw_symbol]
            # The far expiry is the near one and the spread.
            state.instruments[second]["coupled"] = index
            state.instruments[second]["coupling"] = contract.tick / contract.product.tick
    _let_far_follow_near(state, contracts)
    state.instruments[-1]["share"] = 2.0
    state.sequences[:] = [1_000_000 * (index + 1) for index in range(len(channels))]
    state.clock[cells.NEXT_ORDER_ID] = 6_800_000_000_000
    state.gauges[cells.ACTIVITY] = 1.0
    state.gauges[cells.ARRIVALS_PER_NS] = _SPONTANEOUS * arrivals_per_second / 1e9
    state.gauges[cells.RECORDS_PER_NS] = rate / 1e9
    return state


def _let_far_follow_near(state: cells.ExchangeState, contracts: list[Contract]) -> None:
    near: dict[str, int] = {}
    for index, contract in enumerate(contracts):
        if not contract.legs:
            state.instruments[index]["driver"] = near.setdefault(contract.product.asset, index)
