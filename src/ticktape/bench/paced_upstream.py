"""An upstream that costs little: prepared orders of a simulated exchange, sent by the clock.

Run as ``python -m ticktape.bench.paced_upstream RATE SECONDS``. It makes the whole tape first, then
prints one JSON document: its ``port``, and the ``clock_offset_ns`` between the monotonic clock, by
which it stamps, and the epoch. One relay may connect; it gets the books, and after a line on
standard input a piece of the tape every millisecond. The ``ts_recv`` of a piece is the time at
which it was handed to the socket; where the socket took no more, the time at which it was due, so
that what a slow reader makes late counts as late. At the end comes a second document: how much was
``sent``, and by how many seconds the latest piece left after it was due. It lives until standard
input is closed.

It speaks the server's side of the live protocol for this one session, with no books and no event
loop: what is measured is the relay, and the relay has the rest of the machine.
"""

from __future__ import annotations

import gc
import json
import socket
import sys
import time
from typing import Final

import numpy as np

from ticktape.feeds.simulator import SimulatedExchange
from ticktape.gateway.live.authentication import make_challenge
from ticktape.gateway.live.session_records import SystemCode, encode_metadata, system_record
from ticktape.gateway.live.wire import (
    AuthenticationRequest,
    AuthenticationResponse,
    Challenge,
    Greeting,
    SessionStart,
    SubscriptionRequest,
    parse_request,
)
from ticktape.tape.layouts import LAYOUTS, Schema

PIECE_NS: Final = 1_000_000
WARM_UP_S: Final = 2.0
_CHUNK_RECORDS: Final = 1 << 18
_SEND_BUFFER: Final = 4 << 20
_DATASET: Final = "GLBX.MDP3"


def prepare(rate: int, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Make the books at the beginning, and the records that follow them.

    Parameters
    ----------
    rate : int
        Records a second.
    seconds : float
        How long they are to last, the warm-up included.

    Returns
    -------
    numpy.ndarray, numpy.ndarray
        Dtype ``LAYOUTS[Schema.MBO]``.
    """
    exchange = SimulatedExchange(seed=1, rate=float(rate))
    tape = np.empty(int(rate * seconds), LAYOUTS[Schema.MBO])
    for start in range(0, len(tape), _CHUNK_RECORDS):
        part = tape[start : start + _CHUNK_RECORDS]
        part[:] = exchange.run(len(part))
    return exchange.snapshot(), tape


def accept_relay(listener: socket.socket) -> socket.socket:
    """Take one client through the protocol until its session is started; it may enter with any key.

    Parameters
    ----------
    listener : socket.socket
        Listening.

    Returns
    -------
    socket.socket
        The metadata and the acknowledgements are sent.
    """
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    connection.sendall(Greeting("0").serialise() + Challenge(make_challenge()).serialise())
    lines = connection.makefile("rb")
    AuthenticationRequest.parse(next(lines))
    connection.sendall(AuthenticationResponse(session_id=1).serialise())
    asked: list[SubscriptionRequest] = []
    while not isinstance(request := parse_request(next(lines)), SessionStart):
        asked.append(request)
    now_ns = time.time_ns()
    connection.sendall(encode_metadata(_DATASET, now_ns, ts_out=False))
    for one in asked:
        text = f"Subscription request {one.id} for {one.schema.value} data succeeded"
        connection.sendall(system_record(SystemCode.SUBSCRIPTION_ACK, text, now_ns).tobytes())
    return connection


def send_paced(connection: socket.socket, tape: np.ndarray, rate: int, offset_ns: int) -> float:
    """Send the tape, every piece when it is due.

    Parameters
    ----------
    connection : socket.socket
        Blocking.
    tape : numpy.ndarray
        Its ``ts_recv`` are written.
    rate : int
        Records a second.
    offset_ns : int
        What to add to the monotonic clock.

    Returns
    -------
    float
        Seconds that the latest piece left after it was due, because the relay did not read or
        because this process did not run.
    """
    piece = max(1, rate * PIECE_NS // 1_000_000_000)
    period_ns = piece * 1_000_000_000 // rate
    data = tape.view(np.uint8).data
    size = tape.dtype.itemsize
    latest_ns = held_until_ns = 0
    began_ns = time.monotonic_ns()
    for number, start in enumerate(range(0, len(tape), piece)):
        due_ns = began_ns + number * period_ns
        now_ns = time.monotonic_ns()
        if now_ns < due_ns:
            time.sleep((due_ns - now_ns) / 1e9)
            now_ns = time.monotonic_ns()
        latest_ns = max(latest_ns, now_ns - due_ns)
        end = min(start + piece, len(tape))
        tape["ts_recv"][start:end] = offset_ns + (due_ns if due_ns < held_until_ns else now_ns)
        connection.sendall(data[start * size : end * size])
        sent_ns = time.monotonic_ns()
        if sent_ns - now_ns > PIECE_NS:
            held_until_ns = sent_ns
    return latest_ns / 1e9


def serve(rate: int, seconds: float) -> None:
    """Serve one session."""
    books, tape = prepare(rate, seconds + WARM_UP_S)
    offset_ns = time.time_ns() - time.monotonic_ns()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        print(json.dumps({"port": port, "clock_offset_ns": offset_ns}), flush=True)
        with accept_relay(listener) as connection:
            # The relay's own client joins meanwhile.
            sys.stdin.readline()
            connection.sendall(books.tobytes())
            time.sleep(0.5)
            gc.freeze()
            latest_s = send_paced(connection, tape, rate, offset_ns)
            print(json.dumps({"sent": len(tape), "latest_s": latest_s}), flush=True)
            # Closing would be an outage, which is not what is measured.
            sys.stdin.read()


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]))
