"""Tapes at rest: records found by position, with the books as they stood there."""

from ticktape.store.mbo_log import Checkpoint, MboLog, books_at
from ticktape.store.recent_log import RecentLog
from ticktape.store.tape_index import TapeIndex

__all__ = ["Checkpoint", "MboLog", "RecentLog", "TapeIndex", "books_at"]
