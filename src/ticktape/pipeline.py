"""Feeds into the market and out to sinks, over bounded queues that say what happens when full."""
