"""Gaps of a feed: see :mod:`ticktape.tape.gaps`, where tapes at rest find them too."""

from ticktape.tape.gaps import Gap, gap_batch, gaps_in

__all__ = ["Gap", "gap_batch", "gaps_in"]
