"""``/metrics``, ``/health`` and ``/ready`` of a process that has no web server of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST

from ticktape.ops.metrics import render_metrics

# Whoever connects and says nothing is let go.
_TIMEOUT_S: Final = 10.0
_JSON: Final = "application/json"

Reasons = Callable[[], Sequence[dict[str, str]]]


class MetricsServer(ThreadingHTTPServer):
    """Answers on the loopback interface, in threads of its own, until it is shut down.

    Parameters
    ----------
    port : int
        0 for any that is free.
    reasons : callable
        Gives why the process cannot be relied on, each as code, message and hint; empty: it can.

    Raises
    ------
    OSError
        The port is in use.
    """

    daemon_threads = True

    def __init__(self, port: int, reasons: Reasons) -> None:
        self.reasons = reasons
        super().__init__(("127.0.0.1", port), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    timeout = _TIMEOUT_S
    server: MetricsServer

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(200, CONTENT_TYPE_LATEST, render_metrics())
        elif path == "/health":
            self._answer(200, _JSON, json.dumps({"status": "ok"}))
        elif path == "/ready":
            reasons = list(self.server.reasons())
            status = "not-ready" if reasons else "ready"
            body = json.dumps({"status": status, "reasons": reasons})
            self._answer(503 if reasons else 200, _JSON, body)
        else:
            error = {
                "code": "not-found",
                "message": f"nothing is at {path}",
                "hint": "/metrics, /health and /ready are here",
            }
            self._answer(404, _JSON, json.dumps(error))

    def _answer(self, status: int, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Log nothing: who scrapes asks every few seconds."""
