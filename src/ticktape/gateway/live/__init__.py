"""Databento's live protocol, served: the gateway, and what it can serve from."""

from ticktape.gateway.live.gateway import LiveGateway
from ticktape.gateway.live.replay_source import SessionReplaySource

__all__ = ["LiveGateway", "SessionReplaySource"]
