"""DBN version 3 record layouts as NumPy dtypes, taken from the vendor's package at import.

Source: ``databento_dbn``'s record classes (their ``_dtypes`` lists, copied because they are
mutable and shared), and the DBN specification for the record types (``rtype``) of each schema.
``action`` and ``side`` are kept as single bytes (``u1``) so that kernels can compare them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import databento_dbn as dbn
import numpy as np


class Schema(StrEnum):
    """What the records of a batch are: the vendor's schemas, and the three session records."""

    MBO = "mbo"
    MBP_1 = "mbp-1"
    MBP_10 = "mbp-10"
    TBBO = "tbbo"
    TRADES = "trades"
    OHLCV_1S = "ohlcv-1s"
    OHLCV_1M = "ohlcv-1m"
    OHLCV_1H = "ohlcv-1h"
    OHLCV_1D = "ohlcv-1d"
    OHLCV_EOD = "ohlcv-eod"
    BBO_1S = "bbo-1s"
    BBO_1M = "bbo-1m"
    CMBP_1 = "cmbp-1"
    CBBO_1S = "cbbo-1s"
    CBBO_1M = "cbbo-1m"
    TCBBO = "tcbbo"
    DEFINITION = "definition"
    STATISTICS = "statistics"
    STATUS = "status"
    IMBALANCE = "imbalance"
    ERROR = "error"
    SYMBOL_MAPPING = "symbol-mapping"
    SYSTEM = "system"


# TCBBO records are CMBP1Msg: the vendor's own schema-to-struct table says CBBOMsg, which loses
# their action and ts_in_delta.
VENDOR_CLASSES: Final[Mapping[Schema, Any]] = {
    Schema.MBO: dbn.MBOMsg,
    Schema.MBP_1: dbn.MBP1Msg,
    Schema.MBP_10: dbn.MBP10Msg,
    Schema.TBBO: dbn.MBP1Msg,
    Schema.TRADES: dbn.TradeMsg,
    Schema.OHLCV_1S: dbn.OHLCVMsg,
    Schema.OHLCV_1M: dbn.OHLCVMsg,
    Schema.OHLCV_1H: dbn.OHLCVMsg,
    Schema.OHLCV_1D: dbn.OHLCVMsg,
    Schema.OHLCV_EOD: dbn.OHLCVMsg,
    Schema.BBO_1S: dbn.BBOMsg,
    Schema.BBO_1M: dbn.BBOMsg,
    Schema.CMBP_1: dbn.CMBP1Msg,
    Schema.CBBO_1S: dbn.CBBOMsg,
    Schema.CBBO_1M: dbn.CBBOMsg,
    Schema.TCBBO: dbn.CMBP1Msg,
    Schema.DEFINITION: dbn.InstrumentDefMsg,
    Schema.STATISTICS: dbn.StatMsg,
    Schema.STATUS: dbn.StatusMsg,
    Schema.IMBALANCE: dbn.ImbalanceMsg,
    Schema.ERROR: dbn.ErrorMsg,
    Schema.SYMBOL_MAPPING: dbn.SymbolMappingMsg,
    Schema.SYSTEM: dbn.SystemMsg,
}

RTYPES: Final[Mapping[Schema, int]] = MappingProxyType(
    {
        Schema.MBO: 160,
        Schema.MBP_1: 1,
        Schema.MBP_10: 10,
        Schema.TBBO: 1,
        Schema.TRADES: 0,
        Schema.OHLCV_1S: 32,
        Schema.OHLCV_1M: 33,
        Schema.OHLCV_1H: 34,
        Schema.OHLCV_1D: 35,
        Schema.OHLCV_EOD: 36,
        Schema.BBO_1S: 195,
        Schema.BBO_1M: 196,
        Schema.CMBP_1: 177,
        Schema.CBBO_1S: 192,
        Schema.CBBO_1M: 193,
        Schema.TCBBO: 194,
        Schema.DEFINITION: 19,
        Schema.STATISTICS: 24,
        Schema.STATUS: 18,
        Schema.IMBALANCE: 20,
        Schema.ERROR: 21,
        Schema.SYMBOL_MAPPING: 22,
        Schema.SYSTEM: 23,
    }
)

# Record type 1 is both mbp-1 and tbbo: without a schema in the metadata it is read as mbp-1.
SCHEMA_OF_RTYPE: Final[Mapping[int, Schema]] = MappingProxyType(
    {rtype: schema for schema, rtype in reversed(list(RTYPES.items()))}
)

_BYTE_FIELDS: Final = frozenset({"action", "side"})


def layout_from_fields(fields: list[tuple[str, str]]) -> np.dtype:
    """Make a dtype from a vendor field list, with action and side as single unsigned bytes."""
    return np.dtype(
        [(n, "u1" if n in _BYTE_FIELDS and kind == "S1" else kind) for n, kind in fields]
    )


LAYOUTS: Final[Mapping[Schema, np.dtype]] = MappingProxyType(
    {schema: layout_from_fields(list(cls._dtypes)) for schema, cls in VENDOR_CLASSES.items()}
)

# A session with ts_out appends the gateway's send time to every record.
LAYOUTS_TS_OUT: Final[Mapping[Schema, np.dtype]] = MappingProxyType(
    {s: layout_from_fields([*cls._dtypes, ("ts_out", "u8")]) for s, cls in VENDOR_CLASSES.items()}
)

ACTION_ADD: Final = ord("A")
ACTION_CANCEL: Final = ord("C")
ACTION_MODIFY: Final = ord("M")
ACTION_CLEAR: Final = ord("R")
ACTION_TRADE: Final = ord("T")
ACTION_FILL: Final = ord("F")
ACTION_NONE: Final = ord("N")

SIDE_ASK: Final = ord("A")
SIDE_BID: Final = ord("B")
SIDE_NONE: Final = ord("N")

F_LAST: Final = 128
F_TOB: Final = 64
F_SNAPSHOT: Final = 32
F_MBP: Final = 16
F_BAD_TS_RECV: Final = 8
F_MAYBE_BAD_BOOK: Final = 4
F_PUBLISHER_SPECIFIC: Final = 2

UNDEF_PRICE: Final = 2**63 - 1
UNDEF_ORDER_SIZE: Final = 2**32 - 1
UNDEF_TIMESTAMP: Final = 2**64 - 1
PRICE_SCALE: Final = 1_000_000_000


def new_records(schema: Schema, count: int) -> np.ndarray:
    """Make zeroed records of a schema with their header's length and rtype filled in.

    Parameters
    ----------
    schema : Schema
        The schema of the records.
    count : int
        How many.

    Returns
    -------
    numpy.ndarray
        Shape ``(count,)``, dtype ``LAYOUTS[schema]``.
    """
    layout = LAYOUTS[schema]
    records = np.zeros(count, layout)
    records["length"] = layout.itemsize // 4
    records["rtype"] = RTYPES[schema]
    return records


def index_field(schema: Schema) -> str:
    """Name the timestamp that orders a schema: ``ts_recv`` where it has one, else ``ts_event``."""
    return "ts_recv" if "ts_recv" in (LAYOUTS[schema].names or ()) else "ts_event"
