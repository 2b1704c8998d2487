"""Signals of the studies: their form, their agreement, and what became of them."""

from ticktape.flow.signals.signal import SIGNAL, SignalKind

__all__ = ["SIGNAL", "SignalKind"]
