"""What one server takes on at most; over a limit is a refusal that says so."""

from __future__ import annotations

from typing import Final, NamedTuple

from ticktape.ops.config import Settings
from ticktape.ops.metrics import REFUSALS
from ticktape.tape.errors import TicktapeError
from ticktape.tape.layouts import LAYOUTS, Schema

_TRADE_BYTES: Final = LAYOUTS[Schema.TRADES].itemsize


class OverLimitError(TicktapeError):
    """More was asked for than this server is set to give."""

    code = "over-limit"
    terminal = False


class Limits(NamedTuple):
    """The limits of a web server; settings beginning with ``web_``.

    Attributes
    ----------
    max_requests : int
        HTTP requests answered at a time, streams included.
    max_websockets : int
        WebSockets open at a time.
    max_symbols : int
        Symbols that one client may ask for.
    max_client_queue_bytes : int
        Bytes of records that wait for one client.
    max_request_bytes : int
        Bytes of a request's body.
    max_header_bytes : int
        Bytes of a request's line and headers.
    max_connections : int
        TCP connections, whatever they ask for or not.
    """

    max_requests: int = 1_000
    max_websockets: int = 1_000
    max_symbols: int = 500
    max_client_queue_bytes: int = 960_000
    max_request_bytes: int = 1_000_000
    max_header_bytes: int = 65_536
    max_connections: int = 4_096

    @property
    def max_trades_waiting(self) -> int:
        """Trades that may wait for one client."""
        return max(1, self.max_client_queue_bytes // _TRADE_BYTES)

    def symbols_of(self, text: str) -> tuple[str, ...]:
        """Take a comma-separated list of symbols apart, each named once.

        Raises
        ------
        OverLimitError
            If they are more than one client may ask for.
        """
        symbols = tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))
        if len(symbols) > self.max_symbols:
            REFUSALS.labels("symbols").inc()
            raise OverLimitError(
                f"{len(symbols)} symbols are too many",
                hint=f"ask for {self.max_symbols} at most, or set web_symbols",
            )
        return symbols


DEFAULT_LIMITS: Final = Limits()


def limits_of(settings: Settings) -> Limits:
    """Take the limits out of the settings."""
    return Limits(
        settings.web_requests,
        settings.web_sockets,
        settings.web_symbols,
        settings.web_queue_bytes,
        settings.web_request_bytes,
        settings.web_header_bytes,
        settings.web_connections,
    )
