"""The web API's replay commands, obeyed."""

from __future__ import annotations

from ticktape.feeds.replay import Replay
from ticktape.server.messages import ReplayCommand
from ticktape.tape.errors import BadValueError


def obey(replay: Replay, command: ReplayCommand) -> None:
    """Do what a command says.

    Parameters
    ----------
    replay : Replay
        The replay.
    command : ReplayCommand
        ``seek`` needs ``ts_ns``; ``speed`` takes a null for as fast as possible; ``step`` steps
        one event unless told.

    Raises
    ------
    BadValueError
        If a value that the action needs is missing.
    """
    if command.action == "pause":
        replay.pause()
    elif command.action == "resume":
        replay.resume()
    elif command.action == "step":
        replay.step(command.events or 1)
    elif command.action == "speed":
        replay.set_speed(command.speed)
    elif command.ts_ns is None:
        raise BadValueError("seek needs ts_ns", hint='give it as a string: {"ts_ns": "17…"}')
    else:
        status = replay.status()
        replay.seek(min(max(int(command.ts_ns), status.start_ns), status.end_ns))
