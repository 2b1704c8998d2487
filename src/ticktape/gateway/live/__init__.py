"""Databento's live protocol, served: the gateway, and what it can serve from."""

from ticktape.gateway.live.broadcast_source import BroadcastSource
from ticktape.gateway.live.gateway import LiveGateway
from ticktape.gateway.live.replay_source import SessionReplaySource

__all__ = ["BroadcastSource", "LiveGateway", "SessionReplaySource"]
