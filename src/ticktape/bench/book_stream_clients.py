"""Many clients of ``/ws/book`` in one process, made of sockets alone: they time, no more.

Run as ``python -m ticktape.bench.book_stream_clients PORT CLIENTS SECONDS QUERY``: every client
reads for so long after all are connected and have a snapshot. Prints one JSON document: for each
client how many updates it got and, in milliseconds, how old the newest record in each was when it
was read (median, 99th percentile, most); messages that were missed; the processor seconds used.
"""

from __future__ import annotations

import json
import resource
import select
import socket
import struct
import sys
import time
from typing import Final

_HEADER: Final = struct.Struct("<BBHIQq")
_READ_BYTES: Final = 1 << 18
_UPGRADE: Final = (
    "GET /ws/book?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGlja3RhcGUgdGlja3RhcGU=\r\n\r\n"
)
_SHORT: Final = 126
_LONG: Final = 127
_BINARY: Final = 2
_SNAPSHOT: Final = 1
_CHANGES: Final = 2


class _Client:
    """One connection: cuts what it reads into messages, and times each change of a book."""

    def __init__(self, port: int, query: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(_UPGRADE.format(query=query, port=port).encode())
        self._received = bytearray()
        while b"\r\n\r\n" not in self._received:
            data = self.socket.recv(4096)
            if not data:
                raise ConnectionError("the server closed the connection")
            self._received += data
        head, _, rest = bytes(self._received).partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode(errors="replace"))
        self._received = bytearray(rest)
        self.socket.setblocking(False)
        self.ages_ns: list[int] = []
        self.missed = 0
        self._sequences: dict[tuple[int, int], int] = {}

    @property
    def has_book(self) -> bool:
        return bool(self._sequences)

    def read(self, now_ns: int) -> bool:
        """Take what has come; False where the server has closed."""
        data = self.socket.recv(_READ_BYTES)
        self._received += data
        at = 0
        received = self._received
        while len(received) - at >= 2:
            length = received[at + 1]
            start = at + 2
            if length == _SHORT:
                length = int.from_bytes(received[start : start + 2], "big")
                start += 2
            elif length == _LONG:
                length = int.from_bytes(received[start : start + 8], "big")
                start += 8
            if len(received) < start + length:
                break
            if received[at] & 15 == _BINARY:
                self._note(start, now_ns)
            at = start + length
        del received[:at]
        return bool(data)

    def _note(self, start: int, now_ns: int) -> None:
        kind, _, publisher, instrument, sequence, time_ns = _HEADER.unpack_from(
            self._received, start
        )
        key = publisher, instrument
        if kind == _CHANGES:
            self.missed += sequence != self._sequences.get(key, sequence - 1) + 1
            self.ages_ns.append(now_ns - time_ns)
        if kind in (_SNAPSHOT, _CHANGES):
            self._sequences[key] = sequence


def time_clients(port: int, clients: int, seconds: float, query: str) -> dict[str, object]:
    """Read with many clients for some seconds.

    Parameters
    ----------
    port, clients : int
        Where, and how many.
    seconds : float
        How long to time, once all have a book.
    query : str
        What each asks for.

    Returns
    -------
    dict
        As printed.
    """
    epoll = select.epoll()
    by_number: dict[int, _Client] = {}
    for _ in range(clients):
        client = _Client(port, query)
        by_number[client.socket.fileno()] = client
        epoll.register(client.socket.fileno(), select.EPOLLIN)
    ready_by = time.monotonic() + 60
    lost = 0
    ends = ready_by + seconds
    is_timing = False
    while time.monotonic() < ends:
        for number, _ in epoll.poll(0.1):
            if not by_number[number].read(time.time_ns()):
                lost += 1
                epoll.unregister(number)
        if not is_timing and all(client.has_book for client in by_number.values()):
            is_timing = True
            ends = time.monotonic() + seconds
            for client in by_number.values():
                client.ages_ns.clear()
    rows = []
    for client in by_number.values():
        ages = sorted(client.ages_ns)
        if ages:
            points = (ages[len(ages) // 2], ages[len(ages) * 99 // 100], ages[-1])
            rows.append([len(ages), *(point / 1e6 for point in points)])
        else:
            rows.append([0, 0.0, 0.0, 0.0])
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "clients": rows,
        "missed": sum(client.missed for client in by_number.values()),
        "lost": lost,
        "cpu_s": used.ru_utime + used.ru_stime,
    }


if __name__ == "__main__":
    print(
        json.dumps(
            time_clients(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
        )
    )
