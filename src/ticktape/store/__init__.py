"""Tapes at rest: records found by position, with the books as they stood there."""

from ticktape.store.mbo_log import Checkpoint, MboLog, books_at

__all__ = ["Checkpoint", "MboLog", "books_at"]
