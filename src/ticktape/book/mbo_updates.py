"""How a book by order, and books of many, take records."""

from __future__ import annotations

import numpy as np

from ticktape.book.mbo_store import MboStore


class TakesMboRecords:
    """Applies ``mbo`` records to the books of a store."""

    _store: MboStore

    def update(self, records: np.ndarray) -> None:
        """Apply records, of any mix of instruments.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.

        Raises
        ------
        WrongSchemaError
            Where the records are not of the ``mbo`` schema.
        """
        self._store.update(records)

    def update_bbos(self, records: np.ndarray) -> np.ndarray:
        """Apply records, and give the best bid and offer at the end of every event.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.

        Returns
        -------
        numpy.ndarray
            dtype ``BBO``: one row for every record with ``F_LAST``.

        Raises
        ------
        WrongSchemaError
            Where the records are not of the ``mbo`` schema.
        """
        return self._store.update_bbos(records)

    def update_effects(self, records: np.ndarray) -> np.ndarray:
        """Apply records, and tell what each of them did to its book.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.

        Returns
        -------
        numpy.ndarray
            Shape ``(n,)``, dtype ``EFFECT``: one row for every record, in their order.

        Raises
        ------
        WrongSchemaError
            Where the records are not of the ``mbo`` schema.
        """
        return self._store.update_effects(records)
