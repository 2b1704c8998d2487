"""Opening a live session through the official client: connect, authenticate, subscribe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import databento_dbn as dbn

from ticktape.feeds.databento_key import ApiKey
from ticktape.feeds.databento_protocol import live_protocol
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.tape.errors import (
    AuthenticationError,
    BadValueError,
    ConnectionLostError,
    TicktapeError,
    UpstreamError,
)

CONNECT_TIMEOUT_S: Final = 10.0
AUTHENTICATION_TIMEOUT_S: Final = 30.0

# DBN ErrorCode: a key that is no good, a request that is no good, a session that broke.
_KEY_ERRORS: Final = frozenset({1, 2})
_WRONG_REQUESTS: Final = frozenset({5, 8})
_SESSION_BREAKS: Final = frozenset({3, 6})


class RefusedSubscriptionError(UpstreamError):
    """The gateway refused a subscription: asking for the same again cannot succeed."""

    code = "refused-subscription"
    terminal = True


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Where a session is and how it is to be; fields as of ``DatabentoLiveFeed``."""

    dataset: str
    host: str
    port: int
    ts_out: bool
    compression: str
    heartbeat_interval_s: int
    slow_reader_behavior: str | None

    def __post_init__(self) -> None:
        """Refuse what no gateway would take."""
        if self.compression not in {"none", "zstd"}:
            raise BadValueError(f"compression is {self.compression!r}", hint="use none or zstd")

    @property
    def where(self) -> str:
        """Host and port, for people."""
        return f"{self.host}:{self.port}"


def default_gateway(dataset: str) -> str:
    """Give the host of the vendor's own gateway of a dataset."""
    return f"{dataset.lower().replace('.', '-')}.lsg.databento.com"


async def open_session(
    key: ApiKey, settings: SessionSettings, take_bytes: Callable[[bytes], None]
) -> Any:  # noqa: ANN401 -- the vendor's class
    """Connect and authenticate.

    Parameters
    ----------
    key : ApiKey
        Goes to the vendor's class alone.
    settings : SessionSettings
        Where and how.
    take_bytes : callable
        Called with the bytes of the stream, from its metadata on.

    Returns
    -------
    databento.live.protocol.DatabentoLiveProtocol
        Of the form that ``live_protocol`` describes.

    Raises
    ------
    ConnectionLostError
        Nobody answers.
    AuthenticationError
        The gateway refuses the key, the dataset or the settings.
    UpstreamError
        Too many sessions are open.
    """
    make = await asyncio.to_thread(live_protocol)

    def make_protocol() -> Any:  # noqa: ANN401 -- the vendor's class
        protocol = make(
            api_key=key.reveal(),
            dataset=settings.dataset,
            ts_out=settings.ts_out,
            heartbeat_interval_s=settings.heartbeat_interval_s,
            slow_reader_behavior=settings.slow_reader_behavior,
            compression=dbn.Compression.from_str(settings.compression),
        )
        protocol.take_bytes = take_bytes
        return protocol

    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            transport, protocol = await asyncio.get_running_loop().create_connection(
                make_protocol, settings.host, settings.port
            )
    except (OSError, TimeoutError) as error:
        raise ConnectionLostError(
            f"No connection to {settings.where}: {error or 'timed out'}",
            hint="is the gateway running there?",
        ) from error
    try:
        await _authenticate(protocol, settings.where)
    except (TicktapeError, asyncio.CancelledError):
        transport.abort()
        raise
    return protocol


async def _authenticate(protocol: Any, where: str) -> None:  # noqa: ANN401 -- the vendor's class
    await asyncio.wait(
        {protocol.authenticated, protocol.disconnected},
        timeout=AUTHENTICATION_TIMEOUT_S,
        return_when=asyncio.FIRST_COMPLETED,
    )
    if protocol.authenticated.done():
        refusal = protocol.authenticated.exception()
        if refusal is None:
            return
        text = str(refusal)
        if "connection limit" in text:
            raise UpstreamError(f"{where}: {text}")
        raise AuthenticationError(f"{where}: {text}", hint="check the API key and the dataset")
    if protocol.disconnected.done():
        # Asked, so that the event loop does not call it an error nobody looked at.
        protocol.disconnected.exception()
        raise ConnectionLostError(f"{where} closed the connection before authentication")
    raise ConnectionLostError(f"{where} did not answer the authentication in time")


def send_subscription(protocol: Any, one: LiveSubscription, number: int) -> None:  # noqa: ANN401
    """Send the lines of a subscription; `number` is what it is acknowledged by.

    Raises
    ------
    BadValueError
        The vendor's class refuses its symbols.
    """
    try:
        protocol.subscribe(
            schema=one.schema.value,
            symbols=list(one.symbols),
            stype_in=one.stype_in,
            start=one.start_ns,
            snapshot=one.snapshot,
            subscription_id=number,
        )
    except ValueError as error:
        raise BadValueError(f"Subscription {one}: {error}") from error


def fatal_error(code: int, text: str) -> TicktapeError | None:
    """Give what an error record of the gateway means; None where the session goes on."""
    if code in _KEY_ERRORS:
        return AuthenticationError(text, hint="check the API key")
    if code in _WRONG_REQUESTS:
        return RefusedSubscriptionError(text)
    if code in _SESSION_BREAKS:
        return UpstreamError(text)
    return None
