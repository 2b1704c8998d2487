"""Order books by order (L3) and by price (L2), what derives from them, and their audit."""

from ticktape.book.effects import EFFECT, EffectKind, NoEffect
from ticktape.book.mbo_book import QUEUED, MboBook, Order, QueuePosition
from ticktape.book.mbo_books import MboBooks
from ticktape.book.mbo_state_kernels import BBO, COUNTERS
from ticktape.book.mbp_book import MbpBook, MbpBooks
from ticktape.book.quotes import LEVEL, Bbo, Book

__all__ = [
    "BBO",
    "COUNTERS",
    "EFFECT",
    "LEVEL",
    "QUEUED",
    "Bbo",
    "Book",
    "EffectKind",
    "MboBook",
    "MboBooks",
    "MbpBook",
    "MbpBooks",
    "NoEffect",
    "Order",
    "QueuePosition",
]
