"""``/api/replay``: the controls of a replay."""

from __future__ import annotations

from typing import Final

from litestar import post
from litestar.datastructures import State
from litestar.params import JSONBody

from ticktape.server.failures import NotAReplayError, refusals
from ticktape.server.hub import Hub
from ticktape.server.messages import ReplayCommand, ReplayState
from ticktape.server.replay_controls import obey


@post("/api/replay", responses=refusals(400, 409), status_code=200, sync_to_thread=False)
def replay(state: State, data: JSONBody[ReplayCommand]) -> ReplayState:
    """Pause, resume, seek, step or pace the replay."""
    hub: Hub = state.hub
    if hub.source.replay is None:
        raise NotAReplayError(
            f"the source is {hub.source.mode}, not a replay",
            hint="start it with ticktape up --replay FILE",
        )
    obey(hub.source.replay, data)
    hub.announce_status()
    standing = hub.source.replay_state()
    assert standing is not None  # noqa: S101 -- the source is a replay, as checked above
    return standing


HANDLERS: Final = (replay,)
