"""Many connections that ask the same over and over, made of sockets alone: where there is no wrk.

Run as ``python -m ticktape.bench.request_client PORT PATH CONNECTIONS SECONDS``; prints JSON:
requests a second, the median and 99th percentile of an answer's time in milliseconds, errors.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast


class Asker(asyncio.Protocol):
    """One connection: asks, reads the whole answer, asks again."""

    def __init__(self, request: bytes, times: list[float]) -> None:
        self._request = request
        self._times = times
        self._missing = -1
        self._head = b""
        self.errors = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        # uvloop's are none of asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._missing = -1
        self._head = b""
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer."""
        if self._missing < 0:
            self._head += data
            head, end, body = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self.errors += not head.startswith(b"HTTP/1.1 200")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._missing = int(length) - len(body)
        else:
            self._missing -= len(data)
        if self._missing == 0:
            self._times.append(time.perf_counter() - self._asked)
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server broke off."""
        self.errors += exc is not None


async def ask(port: int, path: str, connections: int, seconds: float) -> dict[str, float]:
    """Ask over a number of connections at once for a time.

    Returns
    -------
    dict
        ``requests_a_second``, ``p50_ms``, ``p99_ms``, ``errors``.
    """
    request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()
    times: list[float] = []
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Asker(request, times), "127.0.0.1", port)
        for _ in range(connections)
    ]
    times.clear()
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    passed = time.perf_counter() - began
    taken = sorted(times)
    for transport, _ in made:
        transport.abort()
    return {
        "requests_a_second": len(taken) / passed,
        "p50_ms": 1e3 * taken[len(taken) // 2],
        "p99_ms": 1e3 * taken[len(taken) * 99 // 100],
        "errors": sum(asker.errors for _, asker in made),
    }


if __name__ == "__main__":
    _, the_port, the_path, how_many, how_long = sys.argv
    found = asyncio.run(ask(int(the_port), the_path, int(how_many), float(how_long)))
    sys.stdout.write(json.dumps(found))
