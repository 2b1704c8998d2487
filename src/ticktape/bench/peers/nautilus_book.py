"""The peer's side of the book benchmark, by the peer's Python: ``nautilus_book.py TAPE SYMBOL``.

Reads an MBO tape of one instrument with the peer's own loader, then times ``OrderBook.apply``
alone: no best bid and offer is asked for, and neither loading nor trades count. Prints JSON.
"""

import gc
import json
import sys
import time
from typing import Any

import nautilus_trader
from nautilus_trader.adapters.databento.loaders import DatabentoDataLoader
from nautilus_trader.model.book import OrderBook
from nautilus_trader.model.enums import BookType
from nautilus_trader.model.identifiers import InstrumentId

RUNS = 3


def seconds_to_apply(instrument: Any, deltas: list[Any]) -> tuple[float, Any]:  # noqa: ANN401 -- the peer's types
    """Apply every delta to a new book; give the seconds it took and the book."""
    book = OrderBook(instrument, BookType.L3_MBO)
    apply = book.apply
    started = time.perf_counter()
    for delta in deltas:
        apply(delta)
    return time.perf_counter() - started, book


def main() -> None:
    """Load, time, print."""
    path, symbol = sys.argv[1:]
    instrument = InstrumentId.from_str(f"{symbol}.GLBX")
    deltas = DatabentoDataLoader().from_dbn_file(path, instrument_id=instrument, price_precision=9)
    gc.freeze()
    runs = [seconds_to_apply(instrument, deltas) for _ in range(RUNS)]
    book = runs[-1][1]
    print(
        json.dumps(
            {
                "peer": f"nautilus_trader {nautilus_trader.__version__}",
                "deltas": len(deltas),
                "seconds": [seconds for seconds, _ in runs],
                "best_bid": str(book.best_bid_price()),
                "best_ask": str(book.best_ask_price()),
            }
        )
    )


main()
