"""Many clients of the gateway in one process, made of sockets alone: they count, no more.

Run as ``python -m ticktape.bench.raw_clients PORT CLIENTS BYTES``: every client subscribes to all
orders and reads until it has so many bytes. Prints one JSON document: when the first byte came and
when the last client was done (wall-clock nanoseconds), the bytes each got, and the processor
seconds of this process between.
"""

from __future__ import annotations

import hashlib
import json
import select
import socket
import sys
import time
from typing import Final

KEY: Final = "db-" + "0" * 29
_READ_BYTES: Final = 1 << 20


def begin_session(port: int, dataset: str, subscription: str, options: str = "") -> socket.socket:
    """Connect, authenticate, subscribe and start.

    Parameters
    ----------
    port : int
        Of a gateway on this machine.
    dataset, subscription, options : str
        What to ask for; a subscription line, and more for the authentication line.

    Returns
    -------
    socket.socket
        Blocking; the next byte is the first of the metadata.
    """
    client = socket.create_connection(("127.0.0.1", port))
    lines = _Lines(client)
    lines.next()
    challenge = lines.next().removeprefix("cram=")
    digest = hashlib.sha256(f"{challenge}|{KEY}".encode()).hexdigest()
    authentication = f"auth={digest}-{KEY[-5:]}|dataset={dataset}|encoding=dbn{options}\n"
    client.sendall(authentication.encode())
    answer = lines.next()
    if not answer.startswith("success=1"):
        raise ConnectionError(answer)
    client.sendall(f"{subscription}\nstart_session\n".encode())
    return client


class _Lines:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""

    def next(self) -> str:
        while b"\n" not in self._received:
            data = self._connection.recv(4096)
            if not data:
                raise ConnectionError("the gateway closed the connection")
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        return line.decode()


def read_all(port: int, clients: int, wanted: int) -> dict[str, object]:
    """Read with many clients until each has `wanted` bytes, or was closed.

    Parameters
    ----------
    port, clients, wanted : int
        Where, how many, and the bytes for each.

    Returns
    -------
    dict
        As printed.
    """
    epoll = select.epoll()
    by_number: dict[int, socket.socket] = {}
    got: dict[int, int] = {}
    for _ in range(clients):
        client = begin_session(port, "GLBX.MDP3", "schema=mbo|symbols=ALL_SYMBOLS")
        client.setblocking(False)
        by_number[client.fileno()] = client
        got[client.fileno()] = 0
        epoll.register(client, select.EPOLLIN)
    buffer = bytearray(_READ_BYTES)
    first_ns, reading = 0, len(by_number)
    before_s = time.process_time()
    while reading:
        for number, _ in epoll.poll():
            count = by_number[number].recv_into(buffer)
            # The metadata and acknowledgements come before the records are let go.
            if not first_ns and count > 1 << 15:
                first_ns, before_s = time.time_ns(), time.process_time()
            got[number] += count
            if not count or got[number] >= wanted:
                epoll.unregister(number)
                reading -= 1
    last_ns = time.time_ns()
    return {
        "first_ns": first_ns,
        "last_ns": last_ns,
        "bytes": list(got.values()),
        "cpu_s": time.process_time() - before_s,
    }


if __name__ == "__main__":
    print(json.dumps(read_all(*map(int, sys.argv[1:]))))
