"""Work done ahead in a thread, so that decompression overlaps with what uses its result."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def prefetch(items: Iterable[T], depth: int = 2) -> Iterator[T]:
    """Iterate in a background thread, a bounded number of items ahead.

    Parameters
    ----------
    items : iterable
        Iterated in the thread; what it raises is raised here, after the items before it.
    depth : int
        Most items waiting; the thread blocks while so many wait.

    Yields
    ------
    object
        The items, in order. The thread ends with the iterator, also when it is closed early.
    """
    waiting: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(depth)
    stopped = threading.Event()

    def work() -> None:
        last: BaseException | None = None
        try:
            for item in items:
                waiting.put((item,))
                if stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 -- handed to the consumer, who raises it
            last = error
        waiting.put(last)

    worker = threading.Thread(target=work, name="ticktape-prefetch", daemon=True)
    worker.start()
    try:
        while isinstance(entry := waiting.get(), tuple):
            yield entry[0]
        if entry is not None:
            raise entry
    finally:
        stopped.set()
        while worker.is_alive():
            try:
                waiting.get_nowait()
            except queue.Empty:
                worker.join(0.001)
