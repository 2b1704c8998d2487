"""``/api/signals`` and what belongs to it: sessions, statistics, notes, the screen's settings."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import delete, get, put
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter
from litestar.response import Stream

from ticktape.server.exports import MEDIA_TYPES
from ticktape.server.failures import refusals
from ticktape.server.signal_answers import Asked, SignalAnswers
from ticktape.server.signal_messages import (
    NoteBody,
    SessionsAnswer,
    SignalsAnswer,
    StatsAnswer,
    ThresholdRow,
)
from ticktape.store.signal_rows import SignalRow

_MOST_OFFSET: Final = 1_000_000_000
Offset = Annotated[int, Parameter(ge=0, le=_MOST_OFFSET, description="how many to pass over")]
Rules = Annotated[
    str | None,
    QueryParameter(description="a session's rules, default, or all; those in use where absent"),
]
Dataset = Annotated[
    str | None, QueryParameter(description="its code; the source's own where absent")
]


def asked_for(
    signal_type: Annotated[
        str | None, QueryParameter(description="delta_flip, absorption, …; several with commas")
    ] = None,
    direction: Annotated[str | None, QueryParameter(description="bullish or bearish")] = None,
    outcome: Annotated[
        str | None, QueryParameter(description="win, loss, breakeven or pending")
    ] = None,
    start_date: Annotated[
        str | None, QueryParameter(description="a date, RFC 3339, or nanoseconds; included")
    ] = None,
    end_date: Annotated[
        str | None, QueryParameter(description="a date, RFC 3339, or nanoseconds; included")
    ] = None,
    symbol: Annotated[
        str | None, QueryParameter(description="raw symbols, several with commas")
    ] = None,
    session_id: Annotated[str | None, QueryParameter(description="of /api/sessions")] = None,
    dataset: Annotated[
        str | None, QueryParameter(description="its code, or all; the source's own where absent")
    ] = None,
    rules: Rules = None,
) -> Asked:
    """Gather what is asked for of signals."""
    return Asked(
        signal_type,
        direction,
        outcome,
        start_date,
        end_date,
        symbol,
        session_id,
        dataset,
        rules,
    )


_FILTERED: Final = {"asked": Provide(asked_for, sync_to_thread=False)}


@get("/api/signals", responses=refusals(400, 503), dependencies=_FILTERED)
async def signals(
    state: State,
    asked: NamedDependency[Asked],
    limit: Annotated[int, Parameter(ge=1, le=200, description="signals at most")] = 50,
    offset: Offset = 0,
) -> SignalsAnswer:
    """Give signals that were seen, newest first; in a replay none after its cursor."""
    answers: SignalAnswers = state.signal_answers
    return await answers.signals(asked, limit, offset)


@get("/api/signals/export", responses=refusals(400, 503), dependencies=_FILTERED)
async def export_signals(
    state: State,
    asked: NamedDependency[Asked],
    form: Annotated[
        str, QueryParameter(name="format", description="json, csv or parquet")
    ] = "json",
) -> Stream:
    """Export all signals, oldest first."""
    answers: SignalAnswers = state.signal_answers
    pieces = await answers.export(asked, form)
    headers = {
        "content-disposition": f'attachment; filename="signals.{form}"',
        "cache-control": "no-store",
    }
    return Stream(pieces, media_type=MEDIA_TYPES[form], headers=headers)


@put("/api/signals/{signal_id:str}/note", responses=refusals(400, 404, 503))
async def put_note(
    state: State,
    signal_id: FromPath[str],
    data: JSONBody[NoteBody],
    dataset: Dataset = None,
) -> SignalRow:
    """Keep a note with a signal, in place of the one before."""
    answers: SignalAnswers = state.signal_answers
    return await answers.put_note(signal_id, data.text, dataset)


@delete("/api/signals/{signal_id:str}/note", responses=refusals(400, 404, 503))
async def delete_note(state: State, signal_id: FromPath[str], dataset: Dataset = None) -> None:
    """Keep no note with a signal."""
    answers: SignalAnswers = state.signal_answers
    await answers.delete_note(signal_id, dataset)


@get("/api/sessions", responses=refusals(400, 503))
async def sessions(
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100, description="sessions at most")] = 20,
    offset: Offset = 0,
    symbol: Annotated[
        str | None, QueryParameter(description="raw symbols, several with commas")
    ] = None,
    dataset: Annotated[
        str | None, QueryParameter(description="its code, or all; the source's own where absent")
    ] = None,
    rules: Rules = None,
) -> SessionsAnswer:
    """Give the sessions in which studies ran, newest first."""
    answers: SignalAnswers = state.signal_answers
    asked = Asked(symbol=symbol, dataset=dataset, rules=rules)
    return await answers.sessions(asked, limit, offset)


@get("/api/stats", responses=refusals(400, 503), dependencies=_FILTERED)
async def stats(state: State, asked: NamedDependency[Asked]) -> StatsAnswer:
    """Count signals by type and by direction, and what came of them."""
    answers: SignalAnswers = state.signal_answers
    return await answers.stats(asked)


@get("/api/thresholds")
async def thresholds(state: State) -> list[ThresholdRow]:
    """Give the thresholds of the studies: their defaults, what is set, and what they mean."""
    answers: SignalAnswers = state.signal_answers
    return answers.thresholds()


@get("/api/settings", responses=refusals(503))
async def settings(state: State) -> dict[str, Any]:
    """Give the screen's settings."""
    answers: SignalAnswers = state.signal_answers
    return await answers.settings()


@put("/api/settings", responses=refusals(400, 413, 503))
async def put_settings(state: State, data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """Replace the screen's settings."""
    answers: SignalAnswers = state.signal_answers
    return await answers.put_settings(data)


HANDLERS: Final = (
    signals,
    export_signals,
    put_note,
    delete_note,
    sessions,
    stats,
    thresholds,
    settings,
    put_settings,
)
