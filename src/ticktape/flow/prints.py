"""Prints: the trades of one instrument, as every study takes them."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from ticktape.flow.prints_kernels import PrintColumns, take_prints
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import Schema

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

# Those whose records carry trades.
PRINT_SCHEMAS: Final = (
    Schema.MBO,
    Schema.TRADES,
    Schema.TBBO,
    Schema.MBP_1,
    Schema.MBP_10,
    Schema.CMBP_1,
    Schema.TCBBO,
)

_NEEDED: Final = frozenset(PrintColumns._fields)
_NONE: Final = kernel_input(np.empty(0, PRINT))


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
    """

    def __init__(self, instrument_id: int, publisher_id: int | None = None) -> None:
        self.instrument_id = instrument_id
        self.publisher_id = publisher_id
        self._clock = np.zeros(2, "i8")

    @property
    def clock_ns(self) -> int:
        """The latest time of any record of the instrument; 0 before the first."""
        return int(self._clock[0])

    @property
    def first_ns(self) -> int:
        """The clock at the first record that is no part of a snapshot; 0 before it.

        Orders of a snapshot are as old as they are, and nothing of their time is in the stream.
        """
        return int(self._clock[1])

    def reset(self) -> None:
        """Set the clock back."""
        self._clock[:] = 0

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
        _check_fields(records.dtype)
        count = len(records)
        if count == 1:
            if records["instrument_id"][0] != self.instrument_id:
                return _NONE
            # A column of one record would count as contiguous, and have a kernel of its own.
            records = np.frombuffer(2 * records.tobytes(), records.dtype)
        records = kernel_input(records)
        columns = PrintColumns(*(records[name] for name in PrintColumns._fields))
        prints = np.zeros(count, PRINT)
        publisher_id = -1 if self.publisher_id is None else self.publisher_id
        filled = take_prints(columns, count, self.instrument_id, publisher_id, self._clock, prints)
        # Few of many hold no more memory than they need.
        taken = prints[:filled] if 2 * filled > count else prints[:filled].copy()
        return kernel_input(taken)


@cache
def _check_fields(dtype: np.dtype) -> None:
    names = dtype.names or ()
    if not set(names) >= _NEEDED:
        raise WrongSchemaError(
            f"records with the fields {', '.join(names)} carry no trades",
            hint="studies are made from mbo, trades, tbbo, mbp-1 or mbp-10 records",
        )
