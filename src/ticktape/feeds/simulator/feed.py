"""The simulated exchange as a live feed: paced by the wall clock, stamped with the present."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Final

import databento_dbn as dbn
import numpy as np

from ticktape.feeds.simulator.definitions import contract_metadata
from ticktape.feeds.simulator.exchange import SimulatedExchange
from ticktape.feeds.wall_clock import MONOTONIC, WallClock
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import F_LAST, Schema

# Wall time between batches, and the most event time that one batch spans.
_BEAT_NS: Final = 10_000_000
_BATCH_RECORDS: Final = 4_096
_UNPACED_RECORDS: Final = 65_536
_JOINED_LATE_NS: Final = 600_000_000_000


class SimulatorFeed:
    """A simulated exchange, delivered as it happens.

    First come a batch of definitions, one of status records and the MBO snapshot of every
    instrument; then MBO records, in batches of some ten milliseconds that end where an event does.
    The open of trading is told by a batch of status records. The feed is endless, and is iterated
    once.

    Parameters
    ----------
    exchange : SimulatedExchange, optional
        What to run; by default one that starts now, so that records carry the present time and
        lag can be measured. It must not be run by anybody else.
    speed : float or None
        Event seconds per wall second; None for as fast as the consumer takes it.
    clock : WallClock
        What paces it.
    present_ns : callable
        Gives the present, ns since the epoch.

    Notes
    -----
    At speed 1 an exchange that was to start within the last ten minutes is joined late: the feed
    begins with its books of the present, and event time is the present from then on.

    A consumer that is too slow is not caught up with by larger batches: the feed falls behind,
    and the records say so by their age.
    """

    def __init__(
        self,
        exchange: SimulatedExchange | None = None,
        speed: float | None = 1.0,
        *,
        clock: WallClock = MONOTONIC,
        present_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        if speed is not None and not speed > 0:
            raise BadValueError(f"speed is {speed}, not above zero")
        self.exchange = exchange or SimulatedExchange(start_ns=present_ns())
        self.speed = speed
        self._clock = clock
        self._present_ns = present_ns

    @property
    def metadata(self) -> dbn.Metadata:
        """Metadata of a mixture of schemas, with the mapping table of the contracts."""
        return contract_metadata(self.exchange.contracts, None, self.exchange.start_ns, None)

    async def __aiter__(self) -> AsyncIterator[Batch]:
        """Deliver what the books are, then what happens."""
        exchange = self.exchange
        begins_ns = exchange.start_ns
        # Before the books are handed over: the time that it takes is not the exchange's, which
        # would else be late by as much from then on.
        anchor_ns, present_ns = self._clock.now_ns(), self._present_ns()
        if self.speed == 1.0 and 0 < present_ns - begins_ns < _JOINED_LATE_NS:
            begins_ns = present_ns
            exchange.skip_to(begins_ns)
        trading = exchange.opens_ns <= begins_ns
        yield Batch(Schema.DEFINITION, exchange.definitions())
        yield Batch(Schema.STATUS, exchange.status(trading=trading))
        is_late = begins_ns > exchange.start_ns
        yield Batch(Schema.MBO, exchange.books() if is_late else exchange.snapshot())
        speed = self.speed
        stream = self._unpaced() if speed is None else self._paced(speed, begins_ns, anchor_ns)
        async for records in stream:
            if not trading and exchange.now_ns >= exchange.opens_ns:
                trading = True
                yield Batch(Schema.STATUS, exchange.status(trading=True))
            yield Batch(Schema.MBO, records)

    async def _unpaced(self) -> AsyncIterator[np.ndarray]:
        while True:
            yield self.exchange.run(_UNPACED_RECORDS)
            await asyncio.sleep(0)

    # Anchored once: event time is the beginning plus wall time since the anchor, so nothing drifts.
    async def _paced(
        self, speed: float, begins_ns: int, anchor_ns: int
    ) -> AsyncIterator[np.ndarray]:
        never = asyncio.Event()
        exchange = self.exchange
        reached_ns = begins_ns
        beat_ns = max(1, int(_BEAT_NS * speed))
        while True:
            due_ns = begins_ns + int((self._clock.now_ns() - anchor_ns) * speed)
            if due_ns - reached_ns < beat_ns:
                wait_ns = int((reached_ns + beat_ns - due_ns) / speed) + 1
                await self._clock.wait(never, wait_ns)
                continue
            reached_ns = min(due_ns, reached_ns + 2 * beat_ns)
            records = exchange.run_until(reached_ns)
            for part in split_at_events(records, _BATCH_RECORDS):
                yield part
            await asyncio.sleep(0)


def split_at_events(records: np.ndarray, at_most: int) -> list[np.ndarray]:
    """Cut MBO records into runs of about a length that end where an event does.

    Parameters
    ----------
    records : numpy.ndarray
        MBO records.
    at_most : int
        Length after which a run ends; an event that is longer stays whole.

    Returns
    -------
    list of numpy.ndarray
        Views, in order.
    """
    if len(records) <= at_most:
        return [records] if len(records) else []
    ends = np.flatnonzero(records["flags"] & F_LAST) + 1
    parts = []
    begin = 0
    while begin < len(records):
        candidate = int(np.searchsorted(ends, begin + at_most, side="right")) - 1
        end = int(ends[candidate]) if candidate >= 0 else begin
        if end <= begin:
            following = int(np.searchsorted(ends, begin, side="right"))
            end = int(ends[following]) if following < len(ends) else len(records)
        parts.append(records[begin:end])
        begin = end
    return parts
