"""``ticktape gateway --upstream``: what the relay takes from where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ticktape.cli.usage import WrongUsageError
from ticktape.feeds.backoff import Backoff
from ticktape.feeds.databento_key import find_key
from ticktape.feeds.databento_live import DEFAULT_PORT, DatabentoLiveFeed
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.gateway.relay import RelaySource, Upstream
from ticktape.gateway.relay.relay_source import BUFFER_BYTES
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import Schema
from ticktape.tape.symbology import infer_stype

_VENDOR = "databento"
# A relay is back as soon as its upstream is: it serves others meanwhile and costs nobody anything.
_BACKOFF = Backoff(first_s=0.25, limit_s=10.0)


def relay_source(
    upstream: str,
    dataset: str,
    symbols: str,
    schemas: str,
    *,
    buffer: Path | None = None,
    buffer_bytes: int = BUFFER_BYTES,
) -> RelaySource:
    """Make the source of ``ticktape gateway --upstream``.

    Parameters
    ----------
    upstream : str
        ``"databento"``, or ``host:port`` of another gateway.
    dataset : str
        Of the upstream session.
    symbols, schemas : str
        Comma-separated; what the relay holds from its start.
    buffer, buffer_bytes
        Where the past is kept, and what it may take.

    Raises
    ------
    WrongUsageError
        A schema, symbol or address is wrong.
    AuthenticationError
        There is no key in the environment.
    """
    host, port = _address(upstream)
    held = held_from_start(symbols, schemas)
    key = find_key()

    def make_feed(subscriptions: Sequence[LiveSubscription]) -> DatabentoLiveFeed:
        return DatabentoLiveFeed(
            key,
            dataset,
            subscriptions,
            host,
            port,
            reconnect_at_end=True,
            backoff=_BACKOFF,
        )

    try:
        upstream_session = Upstream(make_feed, held, _BACKOFF)
        return RelaySource(upstream_session, buffer=buffer, buffer_bytes=buffer_bytes)
    except OSError as error:
        raise BadValueError(f"--buffer {buffer}: {error.strerror}") from error


def _address(upstream: str) -> tuple[str | None, int]:
    if upstream == _VENDOR:
        return None, DEFAULT_PORT
    host, colon, port = upstream.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 1 << 16):
        raise WrongUsageError(
            f"--upstream {upstream!r} is no gateway", hint="give databento, or HOST:PORT"
        )
    return host, int(port)


def held_from_start(symbols: str, schemas: str) -> list[LiveSubscription]:
    """Give the subscriptions that a relay begins with.

    Raises
    ------
    WrongUsageError
        There are no symbols, or a schema is not known.
    """
    names = list(filter(None, map(str.strip, symbols.split(","))))
    if not names:
        raise WrongUsageError("--symbols names nothing to hold", hint="name some: ES.FUT,NQ.c.0")
    held: list[Schema] = [Schema.DEFINITION]
    for name in filter(None, map(str.strip, schemas.split(","))):
        try:
            held.append(Schema(name))
        except ValueError as error:
            raise WrongUsageError(
                f"schema {name!r} is not known", hint="one of mbo, mbp-10, mbp-1, trades, …"
            ) from error
    by_kind: dict[str, list[str]] = {}
    for name in names:
        by_kind.setdefault(infer_stype(name), []).append(name)
    return [
        LiveSubscription(schema, tuple(some), kind, snapshot=schema is Schema.MBO)
        for kind, some in by_kind.items()
        for schema in dict.fromkeys(held)
    ]
