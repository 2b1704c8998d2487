"""Another peer's side of the book benchmark, by the peer's Python: ``order_book_package.py TAPE``.

`order_book` keeps price levels, in C; its users keep the orders around it, here in a dictionary.
TAPE holds raw ``mbo`` records of one instrument. Only the loop over records that are decoded
already is timed. Prints JSON.
"""

import gc
import json
import struct
import sys
import time
from importlib.metadata import version
from pathlib import Path

from order_book import OrderBook  # type: ignore[import-not-found]

RUNS = 3
# Of a DBN version 3 MboMsg: order_id, price, size, action, side.
_MBO = struct.Struct("<16xQqIxxcc16x")
_NO_PRICE = (1 << 63) - 1


def read_events(path: str) -> list[tuple[int, int, int, bytes, bytes]]:
    """Decode the records that can change a book."""
    raw = Path(path).read_bytes()
    return [event for event in _MBO.iter_unpack(raw) if event[3] in b"ACMR"]


def seconds_to_apply(events: list[tuple[int, int, int, bytes, bytes]]) -> tuple[float, OrderBook]:
    """Apply every event to a new book; give the seconds it took and the book."""
    book = OrderBook()
    levels = {b"B": book.bids, b"A": book.asks}
    orders: dict[int, tuple[bytes, int, int]] = {}

    def take(order_id: int, size: int) -> None:
        side, price, resting = orders.pop(order_id)
        own = levels[side]
        left = own[price] - min(size, resting)
        if left > 0:
            own[price] = left
        else:
            del own[price]
        if size < resting:
            orders[order_id] = (side, price, resting - size)

    started = time.perf_counter()
    for order_id, price, size, action, side in events:
        if action == b"R":
            book = OrderBook()
            levels = {b"B": book.bids, b"A": book.asks}
            orders = {}
        elif action == b"C":
            if order_id in orders:
                take(order_id, size)
        elif price != _NO_PRICE and side in levels:
            if order_id in orders:
                take(order_id, orders[order_id][2])
            orders[order_id] = (side, price, size)
            own = levels[side]
            own[price] = own[price] + size if price in own else size
    return time.perf_counter() - started, book


def main() -> None:
    """Load, time, print."""
    events = read_events(sys.argv[1])
    gc.freeze()
    runs = [seconds_to_apply(events) for _ in range(RUNS)]
    book = runs[-1][1]
    print(
        json.dumps(
            {
                "peer": f"order_book {version('order-book')}",
                "deltas": len(events),
                "seconds": [seconds for seconds, _ in runs],
                "best_bid": book.bids.index(0)[0],
                "best_ask": book.asks.index(0)[0],
            }
        )
    )


main()
