"""What a client of ``/ws/flow`` asks for: in its query, and later."""

from __future__ import annotations

from typing import Final

import msgspec

from ticktape.flow.profile.settings import ProfileSettings
from ticktape.server.failures import NotAReplayError
from ticktape.server.flow_bars import read_every
from ticktape.server.flow_client import FlowClient, FlowSubscription
from ticktape.server.flow_entries import unknown_symbol
from ticktape.server.flow_states import range_profile
from ticktape.server.flow_streams import FlowStreams
from ticktape.server.flow_symbol import FlowSymbol
from ticktape.server.hub import Hub
from ticktape.server.limits import Limits
from ticktape.server.messages import ReplayCommand
from ticktape.server.query_names import refuse_unknown_names
from ticktape.server.replay_controls import obey as obey_replay
from ticktape.server.stream_socket import read_request
from ticktape.server.symbol_query import read_symbols
from ticktape.tape.errors import BadValueError, TicktapeError

MOST_SIZE: Final = 2**32 - 1
MOST_SPEED: Final = 1_000_000
# The one that goes on, and those before it that are kept.
MOST_SESSIONS: Final = ProfileSettings().kept_sessions + 1
_PARAMETERS: Final = frozenset({"symbols", "stype_in", "min_size", "types"})
_TYPES: Final = (
    "Absorption AbsorptionZones Bubble Confluence CVDPoint DeltaFlip Developing Divergence "
    "Footprint Iceberg Legs Levels NakedPoc Outcome SessionHours SessionStats Signal "
    "StackedImbalance Sweep Touch VolumeProfile"
)
_ACTIONS: Final = (
    "set_min_size, replay_pause, replay_resume, set_replay_speed, replay_seek, profile_range, "
    "set_composite or set_bars"
)
_MOST_NAME: Final = 200
_MOST_DIGITS: Final = 19


class NotWatchedError(TicktapeError):
    """An instrument that this connection is not sent."""

    code = "not-watched"


class FlowRequest(msgspec.Struct):
    """What a client says; ``docs/flow-stream.md`` tells which fields belong to which action."""

    action: str
    symbol: str | None = None
    min_size: int | None = None
    speed: float | None = None
    ts_ns: str | None = None
    progress: float | None = None
    from_ns: str = msgspec.field(default="", name="fromNs")
    to_ns: str = msgspec.field(default="", name="toNs")
    id: str = ""
    every: str = ""
    sessions: int | None = None


def read_flow_subscription(query: dict[str, str], limits: Limits) -> FlowSubscription:
    """Read the query of ``/ws/flow``.

    Parameters
    ----------
    query : dict
        As docs/flow-stream.md says.
    limits : Limits
        How many symbols one client may ask for.

    Raises
    ------
    BadValueError
        If a value cannot be understood, or is out of its range.
    OverLimitError
        If there are too many symbols.
    """
    refuse_unknown_names(query, _PARAMETERS)
    asked = read_symbols(query, limits)
    text = query.get("min_size") or "0"
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    min_size = _min_size(int(text) if is_number else text)
    return FlowSubscription(asked, min_size, _types(query.get("types", "")))


def _types(text: str) -> frozenset[bytes] | None:
    types = {name.strip() for name in text.split(",")} - {""}
    for unknown in sorted(types - set(_TYPES.split())):
        raise BadValueError(f"type {unknown!r} is not known", hint=f"some of {_TYPES}")
    return frozenset(name.encode() for name in types) or None


def _min_size(value: int | str | None) -> int:
    if not isinstance(value, int) or not 0 <= value <= MOST_SIZE:
        raise BadValueError(
            f"min_size {value!r} is no number of contracts", hint=f"0 to {MOST_SIZE}"
        )
    return value


def obey(asked: str | bytes, client: FlowClient, streams: FlowStreams, hub: Hub) -> None:
    """Do what a client asks.

    Parameters
    ----------
    asked : str or bytes
        A JSON object with an ``action``.
    client : FlowClient
        Who asks.
    streams : FlowStreams
        What it is sent.
    hub : Hub
        Whose clients are told of what happens to the replay.

    Raises
    ------
    TicktapeError
        If it cannot be done.
    """
    request = read_request(asked, FlowRequest, _ACTIONS)
    if request.action == "set_min_size":
        symbol = None if request.symbol is None else _watched(client, streams, request.symbol)
        client.set_min_size(_min_size(request.min_size), symbol)
    elif request.action == "profile_range":
        _tell_range(client, streams, request)
    elif request.action == "set_composite":
        sessions = _sessions(request.sessions)
        client.set_composite(_watched(client, streams, request.symbol), sessions)
    elif request.action == "set_bars":
        read_every(request.every)
        client.set_bars(_watched(client, streams, request.symbol), request.every)
    elif request.action in {"replay_pause", "replay_resume", "set_replay_speed", "replay_seek"}:
        _control(hub, request)
    else:
        raise BadValueError(f"action {request.action!r} is not known", hint=_ACTIONS)


def _sessions(value: int | None) -> int:
    if value is None or not (value == 0 or 2 <= value <= MOST_SESSIONS):
        raise BadValueError(
            f"a profile of {value} sessions cannot be put together",
            hint=f"2 to {MOST_SESSIONS}, or 0 for none",
        )
    return value


def _watched(client: FlowClient, streams: FlowStreams, name: str | None) -> FlowSymbol:
    found = next((one for one in client.views if one.symbol == name), None)
    if found is not None:
        return found
    if name is None or not streams.directory.resolve([name], None).instrument_ids:
        raise unknown_symbol(str(name))
    raise NotWatchedError(
        f"{name} is not sent to this connection", hint="name an instrument of Connected"
    )


def _tell_range(client: FlowClient, streams: FlowStreams, request: FlowRequest) -> None:
    symbol = _watched(client, streams, request.symbol)
    start_ns, end_ns = _time(request.from_ns, "fromNs"), _time(request.to_ns, "toNs")
    if not start_ns < end_ns or len(request.id) > _MOST_NAME:
        raise BadValueError(
            "a range ends after it begins, and its id is short", hint=f"{_MOST_NAME} characters"
        )
    # While a past is studied, in a thread, nothing is known of it.
    prints = symbol.studies.prints if symbol.can_be_told else symbol.no_prints()
    settings = symbol.studies.engine.settings.profile
    client.notify(range_profile(prints, symbol.symbol, start_ns, end_ns, request.id, settings))


def _time(text: str | None, name: str) -> int:
    if not text or not (text.isascii() and text.isdecimal()) or len(text) > _MOST_DIGITS:
        raise BadValueError(f"{name} {text!r} is no time", hint="nanoseconds as a string of digits")
    return min(int(text), 2**63 - 1)


def _control(hub: Hub, request: FlowRequest) -> None:
    replay = hub.source.replay
    if replay is None:
        raise NotAReplayError(
            f"the source is {hub.source.mode}, not a replay",
            hint="start it with ticktape up --replay FILE",
        )
    if request.action == "replay_pause":
        command = ReplayCommand("pause")
    elif request.action == "replay_resume":
        command = ReplayCommand("resume")
    elif request.action == "set_replay_speed":
        if request.speed is not None and not 0 < request.speed <= MOST_SPEED:
            raise BadValueError(
                f"speed {request.speed} cannot be", hint=f"above 0 to {MOST_SPEED}, or null"
            )
        command = ReplayCommand("speed", speed=request.speed)
    else:
        status = replay.status()
        ts_ns = request.ts_ns
        if ts_ns is None:
            ts_ns = str(_at(request.progress, status.start_ns, status.end_ns))
        command = ReplayCommand("seek", ts_ns=str(_time(ts_ns, "ts_ns")))
    obey_replay(replay, command, hub.directory)
    hub.announce_status()


def _at(progress: float | None, start_ns: int, end_ns: int) -> int:
    if progress is None or not 0 <= progress <= 1:
        raise BadValueError(
            f"progress {progress} is no place", hint="0 to 1, or ts_ns as a string of digits"
        )
    return start_ns + int((end_ns - start_ns) * progress)
