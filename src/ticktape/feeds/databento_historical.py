"""Databento historical as a feed: a time range through the official client, as batches."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import databento_dbn as dbn

from ticktape.feeds.databento_key import ApiKey, find_key
from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import Tape, read_dbn
from ticktape.tape.errors import (
    AuthenticationError,
    BadValueError,
    TapeError,
    TicktapeError,
    UnknownSymbolError,
    UpstreamError,
)
from ticktape.tape.layouts import Schema
from ticktape.tape.metadata import make_metadata

_UNAUTHORISED: Final = (401, 403)
_WRONG_REQUEST: Final = (400, 404, 422)
_PARTS: Final = ("batch", "metadata", "symbology", "timeseries")


class RefusedRequestError(UpstreamError):
    """The vendor refused the request as it is: asking for the same again cannot succeed."""

    code = "refused-request"
    terminal = True


class DatabentoHistoricalFeed:
    """A time range of one dataset and schema, streamed to a temporary file and read from there.

    Memory stays bounded whatever the range. May be iterated again: that downloads again. The
    file is deleted when an iteration ends.

    Parameters
    ----------
    key : str, ApiKey or None
        None takes ``DATABENTO_API_KEY`` from the environment or from ``.env``. Never logged.
    dataset : str
        ``"GLBX.MDP3"``.
    schema : Schema
        What to fetch.
    symbols : sequence of str
        ``("ALL_SYMBOLS",)`` for all.
    start_ns, end_ns : int
        Index time: from the first nanosecond up to, not including, the second.
    stype_in : str
        ``raw_symbol``, ``instrument_id``, ``parent`` or ``continuous``.
    limit : int, optional
        Most records.
    gateway : str, optional
        Another server; ``http://host:port`` too, where the official client alone would insist on
        TLS.
    folder : path, optional
        Where the temporary file goes.

    Raises
    ------
    AuthenticationError
        There is no key; while iterating: it was refused, or has no licence.
    UnknownSymbolError
        While iterating: the vendor knows none of the symbols.
    UpstreamError
        While iterating: the vendor answered with an error, or the download broke off.
    """

    def __init__(
        self,
        key: str | ApiKey | None,
        dataset: str,
        schema: Schema,
        symbols: Sequence[str],
        start_ns: int,
        end_ns: int,
        stype_in: str = "raw_symbol",
        *,
        limit: int | None = None,
        gateway: str | None = None,
        folder: Path | str | None = None,
    ) -> None:
        if start_ns >= end_ns:
            raise BadValueError(f"The range is empty: it starts at {start_ns} and ends at {end_ns}")
        self._key = find_key(key)
        self._dataset = dataset
        self._schema = Schema(schema)
        self._symbols = list(symbols)
        self._start_ns = start_ns
        self._end_ns = end_ns
        self._stype_in = stype_in
        self._limit = limit
        self._gateway = gateway
        self._folder = folder
        self._metadata = make_metadata(
            dataset, self._schema, start_ns, end_ns, self._symbols, stype_in=stype_in, limit=limit
        )

    def __repr__(self) -> str:
        return f"DatabentoHistoricalFeed({self._dataset!r}, {self._schema.value!r}, key=****)"

    @property
    def metadata(self) -> dbn.Metadata:
        """What was asked for; from the first batch on what was answered, with mappings."""
        return self._metadata

    async def __aiter__(self) -> AsyncIterator[Batch]:
        """Download the range, then give it."""
        with tempfile.TemporaryDirectory(prefix="ticktape-", dir=self._folder) as folder:
            path = Path(folder) / "range.dbn.zst"
            await asyncio.to_thread(self._download, path)
            tape = self._open(path)
            self._metadata = tape.metadata
            batches: Iterator[Batch] = iter(tape)
            while (batch := await asyncio.to_thread(next, batches, None)) is not None:
                yield batch
            if tape.cut is not None:
                raise UpstreamError(f"The download broke off: {tape.cut.reason}")

    def _open(self, path: Path) -> Tape:
        try:
            return read_dbn(path)
        except TapeError as error:
            raise UpstreamError(f"The vendor's answer is no whole DBN: {error}") from error

    def _download(self, path: Path) -> None:
        from databento.common.error import BentoError  # noqa: PLC0415 -- costs seconds
        from requests.exceptions import RequestException  # noqa: PLC0415

        try:
            client = self._client()
            client.timeseries.get_range(
                dataset=self._dataset,
                schema=self._schema.value,
                symbols=self._symbols,
                stype_in=self._stype_in,
                start=self._start_ns,
                end=self._end_ns,
                limit=self._limit,
                path=path,
            )
        except BentoError as error:
            raise _our_error(error) from error
        except RequestException as error:
            raise UpstreamError(
                f"Databento cannot be reached: {type(error).__name__}", hint="try again later"
            ) from error
        except (ValueError, dbn.DBNError) as error:
            if path.exists():
                raise UpstreamError("The vendor's answer is no DBN") from error
            raise BadValueError(f"The request is impossible: {error}") from error

    def _client(self) -> Any:  # noqa: ANN401 -- the vendor's class
        from databento import Historical  # noqa: PLC0415 -- costs seconds

        if self._gateway is None or not self._gateway.startswith("http://"):
            return Historical(key=self._key.reveal(), gateway=self._gateway or "bo1")
        # The client rewrites every gateway to https; a server on this machine may have none.
        client = Historical(key=self._key.reveal())
        for name in _PARTS:
            part = getattr(client, name)
            part._gateway = self._gateway
            part._base_url = part._base_url.replace("https://hist.databento.com", self._gateway)
        return client


def _our_error(error: Exception) -> TicktapeError:
    status = getattr(error, "http_status", None)
    message = " ".join(str(getattr(error, "message", None) or error).split())
    if status in _UNAUTHORISED:
        return AuthenticationError(f"Databento: {message}", hint="check the API key")
    if status in _WRONG_REQUEST:
        if "symbol" in message.lower() and "resolve" in message.lower():
            return UnknownSymbolError(f"Databento: {message}")
        return RefusedRequestError(f"Databento: {message}")
    return UpstreamError(f"Databento: {message}", hint="try again later")
