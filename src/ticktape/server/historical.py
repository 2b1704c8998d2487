"""``POST /api/historical``: rows from local tapes where they cover the range, else the vendor's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np

from ticktape.server.directory import Directory, find_instruments
from ticktape.server.messages import (
    DEFAULT_LIMIT,
    BarsAnswer,
    HistoricalAnswer,
    HistoricalRequest,
    HistoricalSchema,
    HistoricalSource,
    QuotesAnswer,
    TradesAnswer,
)
from ticktape.server.ranges import Wanted, best_source, cut_range
from ticktape.server.recording import Recording
from ticktape.server.rows import SymbolOf, bar_row, bar_values, quote_rows, trade_rows
from ticktape.server.tape_shelf import ShelvedTape, TapeShelf
from ticktape.tape.batch import Batch
from ticktape.tape.errors import AuthenticationError, BadValueError, UnknownSymbolError
from ticktape.tape.intervals import known_times
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import infer_stype
from ticktape.tape.times import parse_time

_RFC3339_DIGITS: Final = 10
_TIME_HINT: Final = "write it like 2025-09-24T20:00:00Z"


class Fetched(Protocol):
    """What the vendor answered.

    Attributes
    ----------
    batches : sequence of Batch
        Records of the schema asked for.
    symbols : SymbolMap
        Names of their instruments.
    """

    @property
    def batches(self) -> Sequence[Batch]: ...  # noqa: D102 -- said above
    @property
    def symbols(self) -> SymbolMap: ...  # noqa: D102 -- said above


FetchUpstream = Callable[[HistoricalRequest, int, int, str, int], Awaitable[Fetched]]


class Span(NamedTuple):
    """A range of time that was asked for, and how far it may be shown.

    Attributes
    ----------
    start_ns, end_ns : int
        As asked; the end is exclusive.
    until_ns : int
        Nothing at or after this time may be shown: just after the replay's cursor.
    """

    start_ns: int
    end_ns: int
    until_ns: int

    @property
    def last_ns(self) -> int:
        """The end of what may be shown, exclusive."""
        return min(self.end_ns, self.until_ns)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it may be shown."""
        return self.last_ns <= self.start_ns

    @property
    def clipped_at(self) -> str | None:
        """The last time that may be shown; None where all of the range may."""
        return str(self.until_ns - 1) if self.until_ns < self.end_ns else None


class Historical:
    """Answers requests for a range of the tape.

    Parameters
    ----------
    directory : Directory
        Names of the source's instruments.
    recording : Recording
        What the source has sent this session.
    shelf : TapeShelf
        Local tapes: of the replay, and of the tapes folder.
    upstream : callable, optional
        Asks Databento; None where there is no key.
    cursor_ns : callable, optional
        Where the replay stands; None where the source is none.
    """

    def __init__(
        self,
        directory: Directory,
        recording: Recording,
        shelf: TapeShelf,
        upstream: FetchUpstream | None = None,
        cursor_ns: Callable[[], int] | None = None,
    ) -> None:
        self._directory = directory
        self._recording = recording
        self._shelf = shelf
        self._upstream = upstream
        self._cursor_ns = cursor_ns
        self._looking = asyncio.Lock()

    async def answer(self, request: HistoricalRequest) -> HistoricalAnswer:
        """Answer a request.

        Parameters
        ----------
        request : HistoricalRequest
            Its types are right already.

        Returns
        -------
        HistoricalAnswer

        Raises
        ------
        BadValueError
            A time is no RFC 3339, or the range is empty.
        UnknownSymbolError
            No source knows a symbol.
        AuthenticationError
            Local tapes do not reach the range, and there is no key for the vendor.
        UpstreamError
            The vendor refused.
        """
        start_ns = _rfc3339("start_rfc3339", request.start_rfc3339)
        end_ns = _rfc3339("end_rfc3339", request.end_rfc3339)
        if start_ns >= end_ns:
            raise BadValueError(
                f"start {request.start_rfc3339} is not before end {request.end_rfc3339}",
                hint="choose an end after the start; the end itself is left out",
            )
        until_ns = UNDEF_TIMESTAMP
        if request.clip and self._cursor_ns is not None:
            until_ns = self._cursor_ns() + 1
        span = Span(start_ns, end_ns, until_ns)
        known = await self._local_sources(Schema(request.schema))
        local = [one for one in known if one.reaches(start_ns, end_ns)]
        whole = [one for one in local if one.covers(start_ns, span.last_ns)]
        if span.is_empty and self._upstream is not None:
            # Nothing of it may be shown yet: no reason to ask, and to pay, the vendor.
            whole = whole or local or known
        if whole or (local and self._upstream is None):
            return await self._from_local((whole or local)[0], request, span)
        if self._upstream is None:
            raise _no_source(Schema(request.schema), known)
        return await self._from_upstream(request, span)

    async def _local_sources(self, schema: Schema) -> list[ShelvedTape]:
        # A tape is looked through when it is first asked for; once, whoever else asks meanwhile.
        async with self._looking:
            tapes = await asyncio.to_thread(self._shelf.tapes)
        found = [tape for tape in tapes if best_source(tape.schemas, schema)]
        held = best_source(self._recording.schemas(), schema)
        span = None if held is None else self._recording.span_ns(held)
        if held is not None and span is not None:
            market = self._directory.market
            found.append(
                ShelvedTape(
                    "session",
                    "this session",
                    span[0],
                    span[1],
                    (held,),
                    market.instruments,
                    market.symbol_map,
                    lambda: self._recording.batches(held),
                )
            )
        return found

    async def _from_local(
        self, tape: ShelvedTape, request: HistoricalRequest, span: Span
    ) -> HistoricalAnswer:
        when_ns = min(max(span.start_ns, tape.start_ns), tape.end_ns)
        found = find_instruments(
            request.symbols, request.stype_in, tape.instruments, tape.symbols, when_ns
        )
        if found.not_found:
            raise UnknownSymbolError(
                f"{', '.join(found.not_found)} is not on {tape.name}",
                hint="choose one that /api/symbols lists",
            )
        schema = Schema(request.schema)
        source = best_source(tape.schemas, schema)
        assert source is not None  # noqa: S101 -- only tapes that can make the schema were chosen
        limit = request.limit or DEFAULT_LIMIT
        ids = np.array(sorted(found.instrument_ids), np.uint32)
        wanted = Wanted(schema, ids, span.start_ns, span.end_ns, span.until_ns, limit)
        records = await asyncio.to_thread(cut_range, tape.open(), source, wanted)
        return await asyncio.to_thread(
            make_answer,
            request.schema,
            records[:limit],
            tape.symbol_of,
            HistoricalSource(
                "session" if tape.kind == "session" else "tape",
                tape.name,
                str(tape.start_ns),
                str(tape.end_ns),
                tape.covers(span.start_ns, span.end_ns) and span.clipped_at is None,
                len(records) > limit,
                span.clipped_at,
            ),
        )

    async def _from_upstream(self, request: HistoricalRequest, span: Span) -> HistoricalAnswer:
        assert self._upstream is not None  # noqa: S101 -- the caller has looked
        limit = request.limit or DEFAULT_LIMIT
        stype_in = _stype(request)
        symbols, parts = SymbolMap(), list[np.ndarray]()
        if not span.is_empty:
            fetched = await self._upstream(
                request, span.start_ns, span.last_ns, stype_in, limit + 1
            )
            symbols = fetched.symbols
            # The vendor's bars are whole: one that the cursor stands in is not known yet.
            parts = [
                batch.records[known_times(batch) < span.until_ns]
                for batch in fetched.batches
                if batch.schema == request.schema
            ]
        records = np.concatenate(parts) if parts else np.zeros(0)

        def symbol_of(instrument_id: int) -> str:
            return symbols.symbol_of(instrument_id) or str(instrument_id)

        return make_answer(
            request.schema,
            records[:limit],
            symbol_of,
            HistoricalSource(
                "databento",
                "Databento",
                str(span.start_ns),
                str(max(span.start_ns, span.last_ns)),
                complete=span.clipped_at is None,
                truncated=len(records) > limit,
                clipped_at_ns=span.clipped_at,
            ),
        )


def _no_source(schema: Schema, known: Sequence[ShelvedTape]) -> AuthenticationError:
    lacking = "reaches that range" if known else f"holds or can make {schema}"
    spans = "; ".join(one.span_text() for one in known[:3])
    here = f"ask within {spans}, or " if known else ""
    return AuthenticationError(
        f"no local tape {lacking}, and there is no Databento API key",
        hint=f"{here}set DATABENTO_API_KEY in the environment or in a .env file",
    )


def make_answer(
    schema: HistoricalSchema, records: np.ndarray, symbol_of: SymbolOf, source: HistoricalSource
) -> HistoricalAnswer:
    """Make the answer.

    Parameters
    ----------
    schema : str
        What was asked for.
    records : numpy.ndarray
        Records of that schema, or rows of ``flow.TimeBars``.
    symbol_of : callable
        Raw symbol of an instrument id.
    source : HistoricalSource
        Where they come from.

    Returns
    -------
    TradesAnswer, BarsAnswer or QuotesAnswer
    """
    if schema == "trades":
        rows = trade_rows(records, symbol_of) if len(records) else []
        return TradesAnswer(schema, rows, source)
    if schema == "tbbo" or schema == "mbp-1":  # noqa: PLR1714 -- narrows the type
        quotes = quote_rows(records, symbol_of) if len(records) else []
        return QuotesAnswer(schema, quotes, source)
    bars = bar_values(records) if len(records) else []
    return BarsAnswer(
        schema, [bar_row(symbol_of(key[1]), key, values) for key, values in bars], source
    )


def _rfc3339(field: str, text: str) -> int:
    if len(text) < _RFC3339_DIGITS or text.isdigit():
        raise BadValueError(f"{field}: {text!r} is no RFC 3339 time", hint=_TIME_HINT)
    try:
        return parse_time(text)
    except BadValueError as error:
        raise BadValueError(f"{field}: {error.args[0]}", hint=_TIME_HINT) from error


def _stype(request: HistoricalRequest) -> str:
    """Give the one symbology type of a request for the vendor, who takes one a request."""
    if request.stype_in is not None:
        return request.stype_in
    kinds = {infer_stype(symbol) for symbol in request.symbols}
    if len(kinds) > 1:
        raise BadValueError(
            f"symbols of several kinds: {', '.join(sorted(kinds))}",
            hint="ask for one kind at a time: ES.FUT and NQ.FUT, or ESH6 and NQH6",
        )
    return kinds.pop()
