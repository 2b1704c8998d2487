"""Records from a position on, each with what it did to its book."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

import numpy as np

from ticktape.book import MboBooks
from ticktape.store.mbo_log import MboLog
from ticktape.tape.errors import PositionGoneError

_READ_RECORDS: Final = 1 << 16


class EffectRun(NamedTuple):
    """Some records, one after the other.

    Attributes
    ----------
    positions : numpy.ndarray
        ``int64``: where each of them is in its log.
    records, effects : numpy.ndarray
        ``mbo`` records, and their ``EFFECT`` rows.
    """

    positions: np.ndarray
    records: np.ndarray
    effects: np.ndarray


class EffectReader:
    """Reads a log forwards, with books of its own that stand where it stands.

    Parameters
    ----------
    log : MboLog
        The records.
    position : int
        Of the first record to read.
    instrument_ids : collection of int, optional
        Read these instruments' records alone, and keep only their books; all where not given.

    Attributes
    ----------
    position : int
        Of the next record to read, whatever its instrument.

    Raises
    ------
    PositionGoneError
        If the log does not have the record any more, or not yet.
    """

    def __init__(
        self, log: MboLog, position: int, instrument_ids: Collection[int] | None = None
    ) -> None:
        self._log = log
        self._wanted = (
            None if instrument_ids is None else np.array(sorted(instrument_ids), np.uint32)
        )
        self._books = MboBooks()
        while True:
            self._restarted_at = log.restarted_at
            self._begin(position)
            # Where the source has started over meanwhile, these may be the books before or after.
            if log.restarted_at == self._restarted_at:
                break

    def _begin(self, position: int) -> None:
        log = self._log
        self._books.reset()
        found = log.checkpoint(position)
        self._books.update(found.records[self._mask(found.records)])
        self.position = found.position
        while self.position < position:
            records = log.read(self.position, min(position - self.position, _READ_RECORDS))
            if not len(records):
                raise PositionGoneError(
                    f"record {position} is not there yet",
                    hint=f"the newest is {log.end_position - 1}",
                )
            self._books.update(records[self._mask(records)])
            self.position += len(records)

    def _mask(self, records: np.ndarray) -> slice | np.ndarray:
        if self._wanted is None:
            return slice(None)
        ids = records["instrument_id"]
        if len(self._wanted) == 1:
            found: np.ndarray = ids == self._wanted[0]
            return found
        return np.isin(ids, self._wanted)

    def read(self, count: int) -> EffectRun:
        """Read on.

        Parameters
        ----------
        count : int
            How many records of the log to pass at most.

        Returns
        -------
        EffectRun
            Those of them that are wanted, maybe none.

        Raises
        ------
        PositionGoneError
            If the log has forgotten the next record meanwhile.
        """
        passed = self._log.read(self.position, count)
        # Asked after reading: what was read behind a restart is known to be.
        restarted_at = self._log.restarted_at
        if self._restarted_at < restarted_at <= self.position:
            self._books.reset()
            self._restarted_at = restarted_at
        mask = self._mask(passed)
        positions = np.arange(self.position, self.position + len(passed))[mask]
        records = passed[mask]
        effects = self._books.update_effects(records)
        self.position += len(passed)
        return EffectRun(positions, records, effects)
