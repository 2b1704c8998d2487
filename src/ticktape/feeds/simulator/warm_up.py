"""Running every kernel of the simulator once, so that it is compiled."""

from __future__ import annotations

from typing import Final

from ticktape.feeds.simulator.exchange import SimulatedExchange
from ticktape.feeds.simulator.products import DEFAULT_PRODUCTS

_PRE_OPEN_NS: Final = 1_000_000


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    exchange = SimulatedExchange(products=DEFAULT_PRODUCTS[:1], pre_open_ns=_PRE_OPEN_NS)
    exchange.run_until(exchange.opens_ns + _PRE_OPEN_NS)
