"""Prints: the trades of one instrument, as every study takes them."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import ACTION_TRADE, F_SNAPSHOT, UNDEF_PRICE, UNDEF_TIMESTAMP

# One trade: its time on the exchange, its price in 1e-9, its size, the exchange's sequence number,
# the aggressor's side (B bought, A sold, N is not known) and the record's flags.
PRINT: Final = np.dtype(
    {
        "names": ["ts_event", "price", "size", "sequence", "side", "flags"],
        "formats": ["i8", "i8", "u4", "u4", "u1", "u1"],
        "offsets": [0, 8, 16, 20, 24, 25],
        "itemsize": 32,
    }
)

_NEEDED: Final = frozenset({"action", "side", "price", "size", "ts_event", "sequence"})


class PrintStream:
    """Takes the prints of one instrument out of a stream, and keeps its clock.

    The clock is the latest time of any record of the instrument so far, a print or not. A print
    with an earlier time than the clock gets the clock's: so times never fall, what has closed by
    the clock is never opened again, and neither depends on how the stream was cut into batches,
    nor on which other instruments are in it.

    Parameters
    ----------
    instrument_id : int
        The instrument; a spread's own prints never enter its legs' studies.
    publisher_id : int, optional
        The publisher; every one of the instrument's by default.

    Attributes
    ----------
    clock_ns : int
        0 before the first record.
    first_ns : int
        The clock at the first record that is no part of a snapshot; 0 before it. Orders of a
        snapshot are as old as they are, and nothing of their time is in the stream.
    """

    def __init__(self, instrument_id: int, publisher_id: int | None = None) -> None:
        self.instrument_id = instrument_id
        self.publisher_id = publisher_id
        self.clock_ns = 0
        self.first_ns = 0

    def reset(self) -> None:
        """Set the clock back."""
        self.clock_ns = 0
        self.first_ns = 0

    def take(self, records: np.ndarray) -> np.ndarray:
        """Give the prints among records.

        Parameters
        ----------
        records : numpy.ndarray
            mbo, trades, tbbo, mbp-1, mbp-10, cmbp-1 or tcbbo records; those with action ``T`` are
            prints. One without a price or a size tells nothing and is left out.

        Returns
        -------
        numpy.ndarray
            dtype ``PRINT``, in the order of the records, read-only.

        Raises
        ------
        WrongSchemaError
            If the records carry no prints.
        """
        names = records.dtype.names or ()
        if not set(names) >= _NEEDED:
            raise WrongSchemaError(
                f"records with the fields {', '.join(names)} carry no trades",
                hint="studies are made from mbo, trades, tbbo, mbp-1 or mbp-10 records",
            )
        own = records["instrument_id"] == self.instrument_id
        if self.publisher_id is not None:
            own &= records["publisher_id"] == self.publisher_id
        if not own.all():
            records = records[own]
        if not len(records):
            return kernel_input(np.empty(0, PRINT))
        times = self._times(records)
        is_print = (records["action"] == ACTION_TRADE) & (records["size"] > 0)
        is_print &= records["price"] != UNDEF_PRICE
        found = records[is_print]
        prints = np.zeros(len(found), PRINT)
        for name in ("price", "size", "sequence", "side", "flags"):
            prints[name] = found[name]
        prints["ts_event"] = times[is_print]
        return kernel_input(prints)

    def _times(self, records: np.ndarray) -> np.ndarray:
        stated = records["ts_event"]
        # A record without a time of its own has that of the record before it.
        times = np.where(stated == UNDEF_TIMESTAMP, 0, stated).astype("i8")
        times = np.maximum.accumulate(np.maximum(times, self.clock_ns))
        self.clock_ns = int(times[-1])
        if not self.first_ns:
            own = times[(records["flags"] & F_SNAPSHOT) == 0]
            own = own[own > 0]
            self.first_ns = int(own[0]) if len(own) else 0
        return times
