"""The official client's live protocol class, with records taken as bytes instead of objects.

The vendor's ``DatabentoLiveProtocol`` keeps authentication, subscription lines and the control
messages; only its ``_process_dbn``, which makes a Python object of every record, is replaced. That
method is not part of the vendor's public interface, so :func:`live_protocol` looks whether all that
is relied on is still there, and else falls back to the public record callback, with a warning.
Checked against databento 0.87 by ``tests/feeds/test_databento_contract.py``.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from functools import cache
from typing import Any, Final

# What is relied on: methods by their parameters.
RELIED_ON: Final = {
    "__init__": (
        "self",
        "api_key",
        "dataset",
        "ts_out",
        "heartbeat_interval_s",
        "slow_reader_behavior",
        "compression",
    ),
    "_process_dbn": ("self", "data"),
    "_process_gateway": ("self", "data"),
    "buffer_updated": ("self", "nbytes"),
    "connection_lost": ("self", "exc"),
    "received_record": ("self", "record"),
    "subscribe": (
        "self",
        "schema",
        "symbols",
        "stype_in",
        "start",
        "snapshot",
        "subscription_id",
    ),
    "start": ("self",),
}
RELIED_ON_PROPERTIES: Final = ("authenticated", "disconnected", "transport")

# The vendor's own reads of 64 KB are a thousand orders each: too few for one call of a kernel.
_READ_BYTES: Final = 1 << 19

_log = logging.getLogger(__name__)


def missing_internals(protocol: type) -> list[str]:
    """Name what a protocol class lacks of what is relied on; empty where arrays can be taken."""
    missing = []
    for name, parameters in RELIED_ON.items():
        method = getattr(protocol, name, None)
        if not callable(method) or tuple(inspect.signature(method).parameters) != parameters:
            missing.append(name)
    for name in RELIED_ON_PROPERTIES:
        if not isinstance(getattr(protocol, name, None), property):
            missing.append(name)
    return missing


@cache
def live_protocol() -> Callable[..., Any]:
    """Give the class that connects: a vendor protocol that hands bytes to ``take_bytes``.

    Imports the vendor's package, which takes a second or two: call it off the event loop.

    Returns
    -------
    type
        Subclass of ``databento.live.protocol.DatabentoLiveProtocol`` with two more attributes,
        set by the caller: ``take_bytes``, called with all bytes after authentication, and
        ``takes_records``, True where these are re-encoded records without a metadata header.
    """
    from databento.live.protocol import DatabentoLiveProtocol  # noqa: PLC0415 -- costs seconds

    missing = missing_internals(DatabentoLiveProtocol)
    if missing:
        _log.warning(
            "this release of the databento package changed %s; records are taken one by one,"
            " which is slower",
            ", ".join(missing),
        )
        return record_protocol(DatabentoLiveProtocol)
    return bytes_protocol(DatabentoLiveProtocol)


def bytes_protocol(base: Any) -> Callable[..., Any]:  # noqa: ANN401 -- the vendor's class
    """Make the fast class: bytes go past the vendor's decoder."""

    class BytesProtocol(base):  # type: ignore[misc]
        takes_records = False
        take_bytes: Callable[[bytes], None]

        def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401
            super().__init__(*arguments, **settings)
            self._reads = bytearray(_READ_BYTES)

        def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 -- asyncio's own signature
            return self._reads

        def buffer_updated(self, nbytes: int) -> None:
            data = bytes(memoryview(self._reads)[:nbytes])
            if self.authenticated.done():
                self._process_dbn(data)
            else:
                self._process_gateway(data)

        def _process_dbn(self, data: bytes) -> None:
            self.take_bytes(data)

    return BytesProtocol


def record_protocol(base: Any) -> Callable[..., Any]:  # noqa: ANN401 -- the vendor's class
    """Make the fallback class: the vendor decodes, its records are put back into bytes."""

    class RecordProtocol(base):  # type: ignore[misc]
        takes_records = True
        take_bytes: Callable[[bytes], None]
        take_metadata: Callable[[Any], None]

        def received_metadata(self, metadata: Any) -> None:  # noqa: ANN401 -- the vendor's class
            super().received_metadata(metadata)
            self._records = bytearray()
            self.take_bytes(bytes(metadata.encode()))

        def received_record(self, record: Any) -> None:  # noqa: ANN401 -- the vendor's class
            self._records += bytes(record)

        def buffer_updated(self, nbytes: int) -> None:
            self._records = bytearray()
            super().buffer_updated(nbytes)
            if self._records:
                self.take_bytes(bytes(self._records))

    return RecordProtocol
