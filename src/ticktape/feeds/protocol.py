"""What every feed is to its consumer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import databento_dbn as dbn

from ticktape.tape.batch import Batch


class Feed(Protocol):
    """Data coming in, as batches in the order received.

    The restart contract:

    - A feed is iterated by one consumer at a time, and once; a second iteration needs a new feed,
      except where the class says otherwise.
    - ``metadata`` is there before the iteration begins and does not change during it.
    - Definitions and mapping records come before the records they explain. Books start from a
      clear (``R``) or a snapshot, or, where the feed says so, from nothing known.
    - Whatever was missed by a reconnection is told in band, by a system or error record, before
      the first record after it; a snapshot or a clear then precedes new book records where the
      venue gives one. Nothing is repeated, nothing of one schema is reordered, nothing is left out
      silently.
    - A feed that starts over in its own past (a replay that loops or seeks) says so in band with
      the mark of :mod:`ticktape.feeds.marks`: everything derived must be dropped there.
    - The iteration ends when the data does; it raises a ``TicktapeError`` where the feed cannot
      go on. Closing the iterator releases sockets, files and threads.
    """

    @property
    def metadata(self) -> dbn.Metadata:
        """What the feed carries: dataset, schema (None for a mixture), mappings where known."""
        ...

    def __aiter__(self) -> AsyncIterator[Batch]:
        """Begin to deliver."""
        ...
