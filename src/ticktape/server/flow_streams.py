"""The instruments whose order flow is studied: a sink of the pipeline, the last one.

Those that the source's default symbols stand for are followed without anybody watching, once they
have records, so that their signals are kept; others as long as somebody watches.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any, Final

import numpy as np
import structlog

from ticktape.feeds.marks import Mark, marks_in, positions_in
from ticktape.flow.instrument import FlowInstrument, flow_instrument
from ticktape.ops.beside import beside
from ticktape.ops.metrics import CLIENT_QUEUE, CLIENTS
from ticktape.server.directory import Directory
from ticktape.server.flow_chosen import chosen_instruments
from ticktape.server.flow_client import FlowClient
from ticktape.server.flow_entries import connected, unknown_symbol
from ticktape.server.flow_holding import HeldRecords
from ticktape.server.flow_loading import are_studies_loaded, load_studies
from ticktape.server.flow_past import FlowPast, Plan
from ticktape.server.flow_studies import FlowStudies, Origin
from ticktape.server.flow_symbol import FlowSymbol
from ticktape.server.flow_unstudied import NotStudiedError, Unstudied
from ticktape.server.recording import Recording
from ticktape.server.signal_keeping import SignalKeeper
from ticktape.server.source import Source
from ticktape.store import MboLog
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError, TicktapeError
from ticktape.tape.layouts import Schema

# Of one client, and of the default symbols.
MOST_INSTRUMENTS: Final = 32
# Records that wait while a past is studied; beyond that the pipeline waits for it.
MOST_WAITING_BATCHES: Final = 4_096
# What studies make of so many takes some milliseconds; whoever waits for an answer gets it between.
_RECORDS_A_TURN: Final = 1 << 12
# Before the past of another place is studied: a book is awaited there first.
_REST_SECONDS: Final = 0.2
_UNWATCHED_REST_SECONDS: Final = 1.0
_NAMES: Final = frozenset({Schema.DEFINITION, Schema.SYMBOL_MAPPING})

_log = structlog.wrap_logger(logging.getLogger(__name__))


class TooManyInstrumentsError(TicktapeError):
    """More instruments than one connection is sent."""

    code = "too-many-instruments"


class FlowStreams:
    """Takes batches that the market has applied, and tells what studies make of them.

    Parameters
    ----------
    directory : Directory
        Names of the instruments.
    source : Source
        What the clients are told about the source.
    keeper : SignalKeeper
        Who writes signals down.
    log : MboLog, optional
        The source's records by order.
    recording : Recording
        What a source that is no replay has sent.
    """

    def __init__(
        self,
        directory: Directory,
        source: Source,
        keeper: SignalKeeper,
        log: MboLog | None,
        recording: Recording,
    ) -> None:
        self.directory = directory
        self.source = source
        self.clients: set[FlowClient] = set()
        self.followed: dict[int, FlowSymbol] = {}
        self.catching_up = False
        self.records = 0
        self._keeper = keeper
        self._past = FlowPast(source, log, recording)
        self._defaults: list[int] = []
        self._default_symbols: list[str] = []
        # Whether what is told now of a past is known from the tape's index.
        self._skips = False
        self._knows = False
        self._held = HeldRecords(self._take)
        self._builds: set[asyncio.Task[None]] = set()
        self._unstudied = Unstudied()
        # Of each instrument, until when its signals have been written.
        self._kept_until_ns: dict[int, int] = {}
        self._empty = asyncio.Event()
        self._empty.set()
        CLIENT_QUEUE.read_from(self._waiting)

    def _waiting(self) -> dict[tuple[str, ...], float]:
        return {("flow",): float(sum(client.waiting for client in self.clients))}

    async def write(self, batch: Batch) -> None:
        """Take a batch that the market has applied."""
        if batch.schema is self._past.schema and len(batch.records) and not self._skips:
            await self._take_or_hold(batch)
            return
        self._held.let_go()
        if batch.schema is Schema.SYSTEM:
            self._read_system(batch)
        elif batch.schema in _NAMES:
            self._unstudied.try_again()
            self.resolve_again()
        self.records += len(batch.records)

    async def _take_or_hold(self, batch: Batch) -> None:
        if not self.clients:
            self._held.add(batch)
            held = self._held.take_out() if self._held.is_full else None
            if held is not None:
                await self._take_in_turns(held)
        else:
            self._held.let_go()
            for at in range(0, len(batch.records), _RECORDS_A_TURN):
                if at:
                    await asyncio.sleep(0)
                self._take(Batch(batch.schema, batch.records[at : at + _RECORDS_A_TURN]))
        if any(len(one.waiting) > MOST_WAITING_BATCHES for one in self.followed.values()):
            await self.settle()

    async def close(self) -> None:
        """End every client's stream, and write down what has been seen."""
        self._held.let_go()
        for client in self.clients:
            client.closing = True
            client.wake.set()
        for build in self._builds:
            build.cancel()
        self._keep()

    async def wait_until_left(self, seconds: float) -> None:
        """Wait until every client has left, but not longer than this."""
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return

    async def settle(self) -> None:
        """Wait until no past is being studied."""
        while self._builds:
            await asyncio.wait(set(self._builds))

    async def _take_in_turns(self, batch: Batch) -> None:
        """Take what nobody waits for, a symbol a turn."""
        for symbol in self._begin(batch):
            await asyncio.sleep(0)
            symbol.take(batch)
        self._keep()

    def _take(self, batch: Batch) -> None:
        for symbol in self._begin(batch):
            symbol.take(batch)
        self._keep()

    def _begin(self, batch: Batch) -> list[FlowSymbol]:
        """Count a batch, and give those who take it."""
        if self._default_symbols != self.source.default_symbols:
            self.resolve_again()
        # Before it is counted: whoever is followed from now on gets it as it comes.
        self._follow_defaults(batch.records["instrument_id"])
        self._past.count(batch)
        self.records += len(batch.records)
        return list(self.followed.values())

    def _keep(self) -> None:
        for symbol in self.followed.values():
            if symbol.is_ready and symbol.studies.kept:
                kept, symbol.studies.kept = symbol.studies.kept, []
                self._keeper.keep(kept)
                # A signal of the clock's own time may be still to come.
                until_ns = symbol.studies.engine.clock_ns - 1
                one = symbol.instrument.instrument_id
                self._kept_until_ns[one] = max(self._kept_until_ns.get(one, 0), until_ns)

    def _read_system(self, batch: Batch) -> None:
        for mark in marks_in(batch):
            if mark is Mark.RESET:
                self._begin_reset()
            elif mark is Mark.PAST:
                self._knows = self._skips = self.source.past_in(batch) is not None
            elif mark is Mark.POSITION:
                self._place(batch)
            elif mark is Mark.CAUGHT_UP:
                self._end_reset()

    def _begin_reset(self) -> None:
        self.catching_up = True
        self._skips = self._knows = False
        for build in self._builds:
            build.cancel()
        self._builds.clear()
        self._past.restart()
        for symbol in self.followed.values():
            symbol.begin(self._studies(symbol.instrument, self._past.plan()), is_ready=True)
            symbol.is_held = True
        for client in self.clients:
            client.reset()

    def _place(self, batch: Batch) -> None:
        self._skips = False
        for mbo_position, position in positions_in(batch):
            self._past.place(mbo_position, position)
        if self._knows and self.followed:
            # The books first: whoever seeks once more before the rest is over has cost nothing.
            rest_s = _REST_SECONDS if self.clients else _UNWATCHED_REST_SECONDS
            self._build(list(self.followed.values()), rest_s)

    def _end_reset(self) -> None:
        if self.catching_up:
            self.catching_up = False
            for symbol in self.followed.values():
                symbol.is_held = False
            for client in self.clients:
                client.wake.set()

    def _studies(self, instrument: FlowInstrument, plan: Plan) -> FlowStudies:
        mode = self.source.mode.lower()
        return FlowStudies(
            instrument,
            Origin(self._keeper.dataset, mode),
            plan.by_order,
            self._kept_until_ns.get(instrument.instrument_id, 0),
            self._keeper.thresholds,
        )

    def _build(self, symbols: list[FlowSymbol], rest_s: float = 0.0) -> None:
        """Let studies see the past up to now, in a thread; what comes meanwhile waits."""
        plan = self._past.plan()
        found = {symbol: self._studies(symbol.instrument, plan) for symbol in symbols}
        for symbol, studies in found.items():
            symbol.begin(studies, is_ready=False)
        build = asyncio.create_task(self._study(found, plan, rest_s))
        self._builds.add(build)
        build.add_done_callback(self._end_build)

    def _end_build(self, build: asyncio.Task[None]) -> None:
        self._builds.discard(build)
        if not build.cancelled() and (error := build.exception()) is not None:
            _log.error("a past could not be studied", exc_info=error)

    async def _study(self, found: dict[FlowSymbol, FlowStudies], plan: Plan, rest_s: float) -> None:
        await asyncio.sleep(rest_s)
        try:
            # Nobody has to wait for it at the end.
            await beside(partial(_study_past, list(found.values()), plan))
        except (TicktapeError, OSError) as error:
            _log.warning("a past could not be studied", exc_info=error)
            for studies in found.values():
                studies.by_order = "since" if plan.by_order != "none" else "none"
        for symbol, studies in found.items():
            if symbol.studies is not studies:
                continue
            while symbol.waiting:
                symbol.take(symbol.waiting.popleft(), tell=False)
                await asyncio.sleep(0)
                if symbol.studies is not studies:
                    break
            else:
                symbol.is_ready = True
                for client in symbol.watchers:
                    client.wake.set()
        self._keep()

    def _follow_defaults(self, instrument_ids: np.ndarray) -> None:
        for one in self._defaults:
            if one in self.followed or one in self._unstudied:
                continue
            defaults = sum(symbol.is_default for symbol in self.followed.values())
            if defaults >= MOST_INSTRUMENTS:
                return
            if (instrument_ids == one).any():
                try:
                    self._follow(one)
                except TicktapeError as error:
                    self._unstudied.add(one, error)

    def _follow(self, instrument_id: int) -> FlowSymbol:
        """Follow an instrument from its past on.

        Raises
        ------
        NotStudiedError
            If too little is known of it.
        """
        symbol = self.followed.get(instrument_id)
        if symbol is None:
            name = self.directory.symbol_of(instrument_id)
            definition = self.directory.market.instruments.by_id(instrument_id)
            try:
                instrument = flow_instrument(name, instrument_id, definition=definition)
            except BadValueError as error:
                raise NotStudiedError(name) from error
            studies = self._studies(instrument, self._past.plan())
            symbol = FlowSymbol(instrument, studies, is_default=instrument_id in self._defaults)
            symbol.is_held = self.catching_up
            self.followed[instrument_id] = symbol
            if not (self._past.is_empty and are_studies_loaded()):
                is_urgent = self.clients or self._past.is_empty
                self._build([symbol], 0.0 if is_urgent else _UNWATCHED_REST_SECONDS)
        return symbol

    def resolve_again(self) -> None:
        """Let instruments that have just become known be followed."""
        self._default_symbols = list(self.source.default_symbols)
        self._defaults, _ = chosen_instruments(self.directory, self._default_symbols, None)
        for one, symbol in self.followed.items():
            symbol.is_default = one in self._defaults
        for client in self.clients:
            self._watch(client)

    def attach(self, client: FlowClient, settings: dict[str, Any]) -> None:
        """Begin a client's stream."""
        self._held.let_go()
        client.settings = settings
        self.clients.add(client)
        self._empty.clear()
        CLIENTS.labels("flow").set(len(self.clients))
        self._watch(client, always_tell=True)

    def detach(self, client: FlowClient) -> None:
        """End a client's stream."""
        for symbol in list(client.views):
            client.leave(symbol)
            self._leave(symbol)
        self.clients.discard(client)
        CLIENTS.labels("flow").set(len(self.clients))
        if not self.clients:
            self._empty.set()

    def _leave(self, symbol: FlowSymbol) -> None:
        if not symbol.watchers and not symbol.is_default:
            self.followed.pop(symbol.instrument.instrument_id, None)

    def _watch(self, client: FlowClient, *, always_tell: bool = False) -> None:
        asked = client.subscription.asked
        symbols = list(asked.symbols or self.source.default_symbols)
        ids, not_found = chosen_instruments(self.directory, symbols, asked.stype_in)
        wanted: list[FlowSymbol] = []
        for one in ids[:MOST_INSTRUMENTS]:
            try:
                wanted.append(self._follow(one))
            except TicktapeError as error:
                client.refuse_once(str(one), error)
        new = [symbol for symbol in wanted if symbol not in client.views]
        if new or always_tell:
            client.notify(connected(self.source, self._keeper.dataset, symbols, wanted, client))
        if len(ids) > MOST_INSTRUMENTS:
            hint = f"the first {MOST_INSTRUMENTS} are sent; ask for fewer"
            too_many = f"{len(ids)} instruments are too many for one connection"
            client.refuse_once("", TooManyInstrumentsError(too_many, hint=hint))
        if self.directory.has_names():
            for symbol_name in not_found:
                client.refuse_once(symbol_name, unknown_symbol(symbol_name))
        for symbol in new:
            client.watch(symbol)
        if not self.catching_up:
            for gone in set(client.views) - set(wanted):
                client.leave(gone)
                self._leave(gone)


def _study_past(studies: list[FlowStudies], plan: Plan) -> None:
    load_studies()
    ids = [one.engine.instrument.instrument_id for one in studies]
    for batch in plan.batches(ids):
        for one in studies:
            one.take(batch)
