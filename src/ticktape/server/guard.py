"""Who may talk to a server on loopback: pages of this machine, and no page of another site.

A page of any site can make a browser call 127.0.0.1, under a name of its own that it points there
(DNS rebinding), or open a WebSocket, to which the same-origin rule does not apply. So the Host
header must name this machine, and a WebSocket's Origin too.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@lru_cache(maxsize=256)
def _hostname(authority: str) -> str | None:
    try:
        return urlsplit(f"//{authority}").hostname
    except ValueError:
        return None


def is_allowed(scope: dict[str, Any]) -> bool:
    """Tell whether a request or WebSocket is of this machine, by what its headers say.

    Parameters
    ----------
    scope : dict
        As ASGI gives it, of type ``http`` or ``websocket``.
    """
    headers = dict(scope["headers"])
    host = headers.get(b"host")
    if host is not None and _hostname(host.decode("latin-1")) not in LOOPBACK:
        return False
    origin = headers.get(b"origin")
    if scope["type"] != "websocket" or origin is None:
        return True
    return _hostname(origin.decode("latin-1").rpartition("//")[2]) in LOOPBACK


_REFUSAL: Final = json.dumps(
    {
        "code": "forbidden",
        "message": "this server answers only to pages of this machine",
        "hint": "open it as http://localhost, or bind it with --host",
    }
).encode()


class LoopbackGuard:
    """Refuses requests in another host's name; wraps an ASGI application."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 -- any ASGI application
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI
        """Pass the request on, or refuse it with 403."""
        if scope["type"] not in {"http", "websocket"} or is_allowed(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "forbidden"})
        else:
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _REFUSAL})
