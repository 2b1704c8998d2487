"""The web API's replay commands, obeyed; and what happened when on the tape."""

from __future__ import annotations

from typing import Final

from ticktape.feeds.replay import Replay
from ticktape.feeds.replay_seek import JumpTarget
from ticktape.server.directory import Directory
from ticktape.server.messages import ActivityBucket, ReplayActivity, ReplayCommand, TapePlace
from ticktape.store.tape_state import Places
from ticktape.tape.errors import BadValueError, TicktapeError, UnknownSymbolError

MOST_PLACES: Final = 1_000


class NoSuchPlaceError(TicktapeError):
    """A jump to a trade, gap or crossing found none."""

    code = "no-such-place"


def obey(replay: Replay, command: ReplayCommand, directory: Directory) -> None:
    """Do what a command says.

    Parameters
    ----------
    replay : Replay
        The replay.
    command : ReplayCommand
        ``seek`` needs ``ts_ns`` or ``position``; ``jump`` needs ``to``; ``speed`` takes a null
        for as fast as possible; ``step`` steps one event unless told, back where below zero.
    directory : Directory
        What the symbol of a jump stands for.

    Raises
    ------
    BadValueError
        If a value that the action needs is missing, or the tape has no index where one is needed.
    NoSuchPlaceError
        If there is nothing to jump to.
    UnknownSymbolError
        If the symbol of a jump is not known.
    """
    if command.action == "pause":
        replay.pause()
    elif command.action == "resume":
        replay.resume()
    elif command.action == "step":
        replay.step(1 if command.events is None else command.events)
    elif command.action == "speed":
        replay.set_speed(command.speed)
    elif command.action == "jump":
        _jump(replay, command.to, command.symbol, directory)
    elif command.position is not None:
        replay.seek_position(int(command.position))
    elif command.ts_ns is None:
        raise BadValueError(
            "seek needs ts_ns or position", hint='give it as a string: {"ts_ns": "17…"}'
        )
    else:
        status = replay.status()
        replay.seek(min(max(int(command.ts_ns), status.start_ns), status.end_ns))


def _jump(replay: Replay, to: JumpTarget | None, symbol: str | None, directory: Directory) -> None:
    if to is None:
        raise BadValueError("jump needs to", hint='say where: {"to": "next_trade"}')
    instrument_id = None
    if symbol is not None:
        ids = directory.resolve([symbol], None).instrument_ids
        if len(ids) != 1:
            raise UnknownSymbolError(
                f"{symbol} is no instrument of this tape", hint="a contract, not a parent"
            )
        (instrument_id,) = ids
    if not replay.jump(to, instrument_id):
        way, _, kind = to.partition("_")
        where = "after" if way == "next" else "before"
        of = f" of {symbol}" if symbol is not None and kind == "trade" else ""
        raise NoSuchPlaceError(f"there is no {kind}{of} {where} this", hint="the replay stays here")


def activity_of(replay: Replay, buckets: int) -> ReplayActivity:
    """Tell what happened when on the tape, as far as it is indexed.

    Parameters
    ----------
    replay : Replay
        The replay.
    buckets : int
        Into how many stretches of time to cut it, at most.
    """
    status = replay.status()
    index = replay.index
    found: list[ActivityBucket] = []
    gaps = crossings = Places()
    if index is not None and index.activity is not None:
        starts, records, volume = index.activity.gather(buckets)
        rows = zip(starts.tolist(), records.tolist(), volume.tolist(), strict=True)
        found = [ActivityBucket(str(ts), count, traded) for ts, count, traded in rows]
        gaps, crossings = index.gaps, index.crossings
    return ReplayActivity(
        str(status.start_ns),
        str(status.end_ns),
        status.indexed,
        found,
        _first(gaps),
        _first(crossings),
        len(gaps.positions),
        len(crossings.positions),
    )


def _first(places: Places) -> list[TapePlace]:
    positions, times = places.positions[:MOST_PLACES], places.times[:MOST_PLACES]
    return [TapePlace(str(ts), str(at)) for at, ts in zip(positions, times, strict=False)]
