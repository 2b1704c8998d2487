"""The door for connections beyond the web server's limit: each is told so, and closed.

The server stops accepting at its limit, and without a word: who connects then would wait in the
system's queue until somebody else leaves. Here they are taken out of that queue instead. What asks
whether the server lives is answered; everybody else gets a 503, or is closed if it says nothing.
"""

from __future__ import annotations

import asyncio
import json
import resource
import select
import socket
from pathlib import Path
from typing import Final

from ticktape.ops.metrics import REFUSALS

# A queue that stands for two looks is not one that the server is about to take.
_LOOK_SECONDS: Final = 0.1
_PATIENCE_SECONDS: Final = 1.0
# At a time; of more, each is closed at once.
MOST_AT_THE_DOOR: Final = 512
# Files that the process has open besides: tapes, its log, clients of the gateway.
_OTHER_FILES: Final = 1_024
_FIRST_BYTES: Final = 4_096
_HEALTH: Final = (b"GET /health ", b"GET /api/health ")
# The kernel's tables of this process' network; Linux alone has them.
_TABLES: Final = (Path("/proc/self/net/tcp"), Path("/proc/self/net/tcp6"))
_LISTENING: Final = "0A"


class OverflowDoor:
    """Takes what connects beyond the limit of a listening socket.

    Parameters
    ----------
    bound : socket.socket
        Listening, and accepted from by the server too.
    max_connections : int
        Connections that the server has at most.

    Notes
    -----
    Where the system has no table of connections, nothing is taken: connections beyond the limit
    wait there until others end.
    """

    def __init__(self, bound: socket.socket, max_connections: int) -> None:
        self._bound = bound
        self._max_connections = max_connections
        self._at_the_door: set[asyncio.Task[None]] = set()

    async def watch(self) -> None:
        """Look at the queue of connections until cancelled."""
        queue = select.poll()
        queue.register(self._bound, select.POLLIN)
        stands = False
        try:
            while True:
                await asyncio.sleep(_LOOK_SECONDS)
                stood, stands = stands, bool(queue.poll(0))
                if stood and stands and open_connections(self._bound) >= self._max_connections:
                    self._take_all()
        finally:
            for task in self._at_the_door:
                task.cancel()

    def _take_all(self) -> None:
        while True:
            try:
                taken, _ = self._bound.accept()
            except OSError:
                # Nobody waits there, or who did is gone.
                return
            taken.setblocking(False)
            if len(self._at_the_door) >= MOST_AT_THE_DOOR:
                REFUSALS.labels("connections").inc()
                taken.close()
                continue
            task = asyncio.get_running_loop().create_task(self._answer(taken))
            self._at_the_door.add(task)
            task.add_done_callback(self._at_the_door.discard)

    async def _answer(self, taken: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                said = await loop.sock_recv(taken, _FIRST_BYTES)
                if said.startswith(_HEALTH):
                    await loop.sock_sendall(taken, _response("200 OK", "text/plain", b"ok"))
                    return
                if said:
                    await loop.sock_sendall(taken, self._refusal())
        except OSError:
            # Gone, or silent for too long.
            pass
        finally:
            taken.close()
        REFUSALS.labels("connections").inc()

    def _refusal(self) -> bytes:
        problem = {
            "code": "over-limit",
            "message": f"{self._max_connections} connections are open",
            "hint": "try again later, or set web_connections",
        }
        return _response(
            "503 Service Unavailable", "application/json", json.dumps(problem).encode()
        )


def make_room(max_connections: int) -> int:
    """Let this process open as many files as its connections need.

    Parameters
    ----------
    max_connections : int
        Wanted.

    Returns
    -------
    int
        What the system lets it have: fewer, if its hard limit of open files is lower.
    """
    besides = MOST_AT_THE_DOOR + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = max_connections + besides
    if hard != resource.RLIM_INFINITY and hard < files:
        files = hard
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    # Half of what there is, where that is little.
    return min(max_connections, max(files - besides, files // 2))


def open_connections(bound: socket.socket) -> int:
    """Count the connections that were accepted on the port of a socket and are open.

    Parameters
    ----------
    bound : socket.socket
        Listening.

    Returns
    -------
    int
        0 where the system does not tell.
    """
    port = f":{bound.getsockname()[1]:04X}"
    count = 0
    for table in _TABLES:
        try:
            rows = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            # Number, local address, remote address, state, …, inode: 0 until it is accepted.
            fields = row.split()
            count += fields[1].endswith(port) and fields[3] != _LISTENING and fields[9] != "0"
    return count


def _response(status: str, media_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
