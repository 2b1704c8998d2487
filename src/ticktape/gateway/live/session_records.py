"""Records that the gateway itself makes: metadata, mappings, acknowledgements, heartbeats, errors.

Source of codes and texts: DBN's ``SystemCode`` and ``ErrorCode``, and the live API reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

import databento_dbn as dbn
import numpy as np

from ticktape.tape.layouts import LAYOUTS_TS_OUT, UNDEF_TIMESTAMP, Schema, new_records

METADATA_VERSION: Final = 3


class SystemCode(IntEnum):
    """What a system record says."""

    HEARTBEAT = 0
    SUBSCRIPTION_ACK = 1
    SLOW_READER_WARNING = 2
    REPLAY_COMPLETED = 3
    END_OF_INTERVAL = 4
    UNSET = 255


class ErrorCode(IntEnum):
    """What an error record says; all but codes 4 and 7 end the session."""

    AUTH_FAILED = 1
    API_KEY_DEACTIVATED = 2
    CONNECTION_LIMIT_EXCEEDED = 3
    SYMBOL_RESOLUTION_FAILED = 4
    INVALID_SUBSCRIPTION = 5
    INTERNAL_ERROR = 6
    SKIPPED_RECORDS_AFTER_SLOW_READING = 7
    REPLAY_DATA_AGED_OUT = 8


NON_FATAL: Final = frozenset(
    {ErrorCode.SYMBOL_RESOLUTION_FAILED, ErrorCode.SKIPPED_RECORDS_AFTER_SLOW_READING}
)

# The numbers of the symbol types in a mapping record (DBN's SType).
STYPE_NUMBERS: Final = {"instrument_id": 0, "raw_symbol": 1, "continuous": 3, "parent": 4}


def encode_metadata(dataset: str, start_ns: int, ts_out: bool) -> bytes:
    """Encode the header of a session: alike for every session of a dataset but for its start.

    The Python client refuses to reconnect to a session whose header differs in anything but
    ``start`` and ``end``, so symbols and mappings stay empty; mapping records carry them.
    """
    metadata = dbn.Metadata(
        dataset=dataset,
        start=start_ns,
        stype_in=None,
        stype_out=dbn.SType.from_str("instrument_id"),
        schema=None,
        ts_out=ts_out,
        version=METADATA_VERSION,
    )
    return bytes(metadata.encode())


def system_record(code: SystemCode, text: str, ts_event: int) -> np.ndarray:
    """Make one system record (shape ``(1,)``)."""
    record = new_records(Schema.SYSTEM, 1)
    record["ts_event"] = ts_event
    record["msg"] = text.encode()[:302]
    record["code"] = code
    return record


def error_record(code: ErrorCode, text: str, ts_event: int, is_last: bool = True) -> np.ndarray:
    """Make one error record (shape ``(1,)``)."""
    record = new_records(Schema.ERROR, 1)
    record["ts_event"] = ts_event
    record["err"] = text.encode()[:301]
    record["code"] = code
    record["is_last"] = is_last
    return record


def mapping_records(
    mappings: Iterable[tuple[int, str, str]], stype_in: str, ts_event: int
) -> np.ndarray:
    """Make mapping records.

    Parameters
    ----------
    mappings : iterable of (int, str, str)
        Instrument id, the symbol as asked, the raw symbol.
    stype_in : str
        The kind of symbol that was asked.
    ts_event : int
        Time of the mapping, nanoseconds.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, dtype ``LAYOUTS[Schema.SYMBOL_MAPPING]``; valid without end.
    """
    rows = list(mappings)
    records = new_records(Schema.SYMBOL_MAPPING, len(rows))
    records["ts_event"] = ts_event
    records["stype_in"] = STYPE_NUMBERS[stype_in]
    records["stype_out"] = STYPE_NUMBERS["raw_symbol"]
    records["start_ts"] = UNDEF_TIMESTAMP
    records["end_ts"] = UNDEF_TIMESTAMP
    records["instrument_id"] = [row[0] for row in rows]
    records["stype_in_symbol"] = [row[1].encode() for row in rows]
    records["stype_out_symbol"] = [row[2].encode() for row in rows]
    return records


def stamp_ts_out(schema: Schema, records: np.ndarray, ts_out_ns: int) -> np.ndarray:
    """Append the time of sending to every record and lengthen the headers by two words.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, dtype ``LAYOUTS_TS_OUT[schema]``.
    """
    size = records.dtype.itemsize
    stamped = np.empty(len(records), LAYOUTS_TS_OUT[schema])
    raw = stamped.view(np.uint8).reshape(len(records), -1)
    raw[:, :size] = np.ascontiguousarray(records).view(np.uint8).reshape(len(records), size)
    stamped["length"] = stamped.dtype.itemsize // 4
    stamped["ts_out"] = ts_out_ns
    return stamped
