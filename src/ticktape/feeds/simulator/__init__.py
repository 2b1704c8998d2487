"""A simulated exchange that emits market-by-order records as CME does on Databento."""

from ticktape.feeds.simulator.exchange import DEFAULT_START_NS, SimulatedExchange
from ticktape.feeds.simulator.feed import SimulatorFeed
from ticktape.feeds.simulator.products import DEFAULT_PRODUCTS, Contract, Product

__all__ = [
    "DEFAULT_PRODUCTS",
    "DEFAULT_START_NS",
    "Contract",
    "Product",
    "SimulatedExchange",
    "SimulatorFeed",
]
