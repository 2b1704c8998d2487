"""One upstream live session, served to many local clients."""

from ticktape.gateway.relay.relay_source import RelaySource
from ticktape.gateway.relay.upstream import Upstream

__all__ = ["RelaySource", "Upstream"]
