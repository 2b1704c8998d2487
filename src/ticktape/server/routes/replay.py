"""``/api/replay``: the controls of a replay, and what its seek bar shows."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import get, post
from litestar.datastructures import State
from litestar.params import JSONBody, Parameter

from ticktape.feeds.replay import Replay
from ticktape.server.failures import NotAReplayError, refusals
from ticktape.server.hub import Hub
from ticktape.server.messages import ReplayActivity, ReplayCommand, ReplayState
from ticktape.server.replay_controls import activity_of, obey


@post("/api/replay", responses=refusals(400, 404, 409), status_code=200, sync_to_thread=False)
def replay(state: State, data: JSONBody[ReplayCommand]) -> ReplayState:
    """Pause, resume, seek, step, jump or pace the replay."""
    hub: Hub = state.hub
    obey(_replay_of(hub), data, hub.directory)
    hub.announce_status()
    standing = hub.source.replay_state()
    assert standing is not None  # noqa: S101 -- the source is a replay, as checked above
    return standing


@get("/api/replay/activity", responses=refusals(400, 409), sync_to_thread=False)
def activity(
    state: State,
    buckets: Annotated[int, Parameter(ge=1, le=4_096, description="stretches at most")] = 400,
) -> ReplayActivity:
    """Tell how much happened when on the tape, and where gaps and crossings are.

    What is not indexed yet is not in it: ask again while ``indexed`` is below 1.
    """
    return activity_of(_replay_of(state.hub), buckets)


def _replay_of(hub: Hub) -> Replay:
    if hub.source.replay is None:
        raise NotAReplayError(
            f"the source is {hub.source.mode}, not a replay",
            hint="start it with ticktape up --replay FILE",
        )
    return hub.source.replay


HANDLERS: Final = (replay, activity)
