"""Studies over trades and books, and the one door to every derived schema."""

from ticktape.flow.bars import BAR_ROWS, TimeBars, parse_every
from ticktape.flow.derive import make_deriver

__all__ = ["BAR_ROWS", "TimeBars", "make_deriver", "parse_every"]
