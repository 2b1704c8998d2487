"""From the trade that closes a window to the message of that window at a client of ``/ws/flow``."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp
import msgspec
import numpy as np

from ticktape.bench.cpu import CpuShares
from ticktape.bench.figures import Figure
from ticktape.bench.paced_upstream import accept_relay
from ticktape.bench.processes import free_port, ticktape_command, wait_for_port
from ticktape.bench.raw_clients import KEY
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.tape.errors import ConnectionLostError
from ticktape.tape.layouts import Schema, new_records
from ticktape.tape.times import NS_PER_SECOND

# Event seconds, each with a window that closes, in a second of the wall clock; and trades in each.
WINDOWS_A_SECOND: Final = 20
TRADES_A_WINDOW: Final = 250
_PIECES_A_WINDOW: Final = 10
SECONDS: Final = 30.0
_WARM_UP_WINDOWS: Final = 40
_LIMIT_S: Final = 60.0


class Upstream:
    """A gateway of one session that sends trades every five milliseconds, and notes when.

    Parameters
    ----------
    windows : int
        How many to send.

    Attributes
    ----------
    symbol : str
        Of the instrument whose trades they are.
    first_ns : int
        Where the first window begins, event time.
    sent_ns : numpy.ndarray
        ``i8``: for each window, when its first trades were handed to the socket, by the monotonic
        clock.
    """

    def __init__(self, windows: int) -> None:
        definitions = SimulatedExchange(seed=1).definitions()
        outrights = definitions[definitions["instrument_class"] == b"F"]
        self._definition = outrights[:1].copy()
        self.symbol = self._definition["raw_symbol"][0].decode().rstrip("\0")
        now_ns = time.time_ns()
        self.first_ns = now_ns - now_ns % NS_PER_SECOND
        self.sent_ns = np.zeros(windows, np.int64)
        self._trades = self._make_trades(windows)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._starts, self._ends = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Begin to send trades."""
        self._starts.set()

    def close(self) -> None:
        """End the session."""
        self._ends.set()
        self._starts.set()
        self._listener.close()
        self._thread.join(_LIMIT_S)

    def _make_trades(self, windows: int) -> np.ndarray:
        chance = np.random.default_rng(1)
        count = windows * TRADES_A_WINDOW
        trades = new_records(Schema.TRADES, count)
        trades["instrument_id"] = self._definition["instrument_id"][0]
        trades["publisher_id"] = self._definition["publisher_id"][0]
        window, place = np.divmod(np.arange(count), TRADES_A_WINDOW)
        times = window * NS_PER_SECOND + place * (NS_PER_SECOND // TRADES_A_WINDOW)
        trades["ts_event"] = trades["ts_recv"] = self.first_ns + times
        tick = int(self._definition["min_price_increment"][0])
        trades["price"] = (20_000 + np.cumsum(chance.choice([-1, 0, 0, 1], count))) * tick
        trades["size"] = chance.integers(1, 6, count)
        trades["side"] = chance.choice(list(b"AB"), count)
        trades["action"] = ord("T")
        return trades

    def _serve(self) -> None:
        try:
            with accept_relay(self._listener) as connection:
                connection.sendall(self._definition.tobytes())
                self._starts.wait()
                self._send(connection)
                self._ends.wait()
        except OSError:
            # The server went away, or never came: the client has heard of it too.
            return

    def _send(self, connection: socket.socket) -> None:
        count = TRADES_A_WINDOW // _PIECES_A_WINDOW
        period_s = 1 / WINDOWS_A_SECOND / _PIECES_A_WINDOW
        began = time.monotonic()
        for piece in range(len(self.sent_ns) * _PIECES_A_WINDOW):
            if self._ends.wait(max(0.0, began + piece * period_s - time.monotonic())):
                return
            data = self._trades[piece * count : (piece + 1) * count].tobytes()
            if piece % _PIECES_A_WINDOW == 0:
                self.sent_ns[piece // _PIECES_A_WINDOW] = time.monotonic_ns()
            connection.sendall(data)


class LatencyRun(NamedTuple):
    """One run.

    Attributes
    ----------
    latencies_ms : numpy.ndarray
        One for each window after the warm-up.
    missed : int
        Windows of which no message came.
    used : str
        Cores that the server and this process, upstream and client in one, used meanwhile.
    """

    latencies_ms: np.ndarray
    missed: int
    used: str


@contextmanager
def _viewer(upstream: Upstream, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = ticktape_command(
        *("up", "--live", upstream.symbol, "--schema", "trades", "--dataset", "GLBX.MDP3"),
        *("--upstream", f"127.0.0.1:{upstream.port}", "--port", str(port)),
    )
    own = {"DATABENTO_API_KEY": KEY, "TICKTAPE_SIGNALS": str(folder / "signals.sqlite")}
    process = subprocess.Popen(  # noqa: S603 -- our own command
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | own,
    )
    try:
        wait_for_port(process, port)
        yield process, port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _read(port: int, upstream: Upstream, windows: int) -> np.ndarray:
    """Give when the message of each window was read, by the monotonic clock; 0 for none."""
    read_ns = np.zeros(windows, np.int64)
    url = f"http://127.0.0.1:{port}/ws/flow?symbols={upstream.symbol}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as ws:
        async with asyncio.timeout(_LIMIT_S):
            while not await _is_known(ws):
                pass
        upstream.start()
        async with asyncio.timeout(windows / WINDOWS_A_SECOND + _LIMIT_S):
            # The last window stays open: nothing comes after it.
            while not read_ns[windows - 2]:
                text = await ws.receive_str()
                now_ns = time.monotonic_ns()
                for message in _messages(text):
                    if message["type"] == "CVDPoint":
                        ended = (int(message["tsNs"]) - upstream.first_ns) // NS_PER_SECOND
                        read_ns[ended - 1] = now_ns
    return read_ns


async def _is_known(ws: aiohttp.ClientWebSocketResponse) -> bool:
    return any(
        message["type"] == "Connected" and message["instruments"]
        for message in _messages(await ws.receive_str())
    )


def _messages(text: str) -> list[dict[str, Any]]:
    said = msgspec.json.decode(text)
    return said if isinstance(said, list) else [said]


def run_latency(folder: Path, seconds: float = SECONDS) -> LatencyRun:
    """Run an upstream and a client here, and the viewer in a process of its own.

    Parameters
    ----------
    folder : pathlib.Path
        For the viewer's file of signals.
    seconds : float
        How long.

    Returns
    -------
    LatencyRun

    Raises
    ------
    ConnectionLostError
        The viewer did not come up, or nothing came any more.
    """
    windows = _WARM_UP_WINDOWS + int(seconds * WINDOWS_A_SECOND)
    upstream = Upstream(windows)
    try:
        with _viewer(upstream, folder) as (process, port):
            shares = CpuShares({"server": process.pid, "upstream and client": os.getpid()})
            read_ns = asyncio.run(_read(port, upstream, windows))
            used = shares.told()
    except TimeoutError as error:
        raise ConnectionLostError("the messages of the windows did not come") from error
    finally:
        upstream.close()
    # A window is closed by the first trade of the next.
    late = (read_ns[:-1] - upstream.sent_ns[1:])[_WARM_UP_WINDOWS:]
    came = read_ns[:-1][_WARM_UP_WINDOWS:] > 0
    return LatencyRun(late[came] / 1e6, int((~came).sum()), used)


def latency_figure(folder: Path, seconds: float = SECONDS) -> Figure:
    """Measure ``flow-window``.

    Parameters
    ----------
    folder : pathlib.Path
        For the viewer's files.
    seconds : float
        How long.

    Returns
    -------
    Figure
    """
    run = run_latency(folder, seconds)
    p50, p99 = np.percentile(run.latencies_ms, [50, 99])
    return Figure(
        "flow-window",
        "the trade that closes a window sent upstream → the window's message at a client, p99",
        "ms",
        float(p99),
        20.0,
        at_most=True,
        worst=float(run.latencies_ms.max()),
        note=(
            f"p50 {p50:.1f} ms; {len(run.latencies_ms)} windows, {WINDOWS_A_SECOND} a second of "
            f"{TRADES_A_WINDOW} trades each; all types of messages sent; {run.missed} missed"
        ),
        used=run.used,
        failed=run.missed != 0,
    )
