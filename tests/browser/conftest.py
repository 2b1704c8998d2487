"""A real server, a real page in headless Chromium, and a generated tape to replay."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TICKTAPE = Path(sys.executable).parent / "ticktape"
BUILT = ROOT / "src" / "ticktape" / "server" / "static" / "index.html"
SCREENSHOTS = ROOT / "artifacts" / "screenshots"
START_SECONDS = 200  # a first start on a machine compiles the kernels
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def wait_for(what: str, check: Callable[[], Any], seconds: float = 30) -> Any:
    """Ask until the answer is true; for what no event of the page tells."""
    until = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < until, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)
    return answer


class Server:
    """A running ``ticktape up``."""

    def __init__(self, *arguments: str, port: str = "0") -> None:
        command = [str(TICKTAPE), "up", *arguments, "--port", port, "--gateway-port", "0"]
        # What it keeps, signals and settings, is its own.
        self._kept = tempfile.TemporaryDirectory()
        kept = {"TICKTAPE_SIGNALS": str(Path(self._kept.name) / "signals.sqlite")}
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **kept},
        )
        said = []
        for line in self._process.stdout:
            said.append(line)
            if found := re.search(r"http://[^\s/]+:\d+", line):
                self.url = found[0].replace("localhost", "127.0.0.1")
                break
        else:
            pytest.fail(f"ticktape up said: {''.join(said)}")
        wait_for("records", lambda: self.source()["connected"], START_SECONDS)

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
        """Answer of the API; a POST where there is a body and nothing else is said."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data, {"content-type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def source(self) -> dict[str, Any]:
        return self.ask("/api/source")

    def replay(self) -> dict[str, Any]:
        return self.source()["replay"]

    def cursor_ns(self) -> int:
        return int(self.replay()["cursor_ns"])

    def order(self, action: str, **values: Any) -> dict[str, Any]:
        return self.ask("/api/replay", {"action": action, **values})

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._kept.cleanup()


@contextlib.contextmanager
def serving(*arguments: str, port: str = "0") -> Iterator[Server]:
    """Run ``ticktape up`` with these arguments for as long as the block."""
    if not BUILT.exists():
        pytest.skip(f"the page is not built ({BUILT}): make run builds it")
    server = Server(*arguments, port=port)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium; skips, saying so, where the machine has none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    names = [os.environ.get("TICKTAPE_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on PATH; set TICKTAPE_CHROMIUM to run the browser tests")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def generated_tape(browser, tmp_path_factory) -> list[str]:
    """Two minutes of the simulated exchange: its definitions and its orders."""
    folder = tmp_path_factory.mktemp("tape")
    tape, definitions = folder / "market.dbn", folder / "definitions.dbn"
    options = ["--seconds", "120", "--rate", "2000", "--seed", "7"]
    command = [TICKTAPE, "simulate", tape, *options, "--definitions", definitions]
    subprocess.run(command, check=True, capture_output=True, timeout=200)
    return [str(definitions), str(tape)]


@pytest.fixture(scope="session")
def serve(browser) -> Callable[..., contextlib.AbstractContextManager[Server]]:
    """Run a server of one's own: ``with serve("--demo") as server``."""
    return serving


@pytest.fixture(scope="session")
def until() -> Callable[..., Any]:
    """Wait until a check of the server's state is true."""
    return wait_for


@pytest.fixture(scope="session")
def replay_server(generated_tape) -> Iterator[Server]:
    with serving("--replay", *generated_tape, "--loop") as server:
        yield server


@pytest.fixture
def replay(replay_server) -> Server:
    """The generated tape, playing at fourfold speed from a tenth of its way."""
    state = replay_server.replay()
    replay_server.order("speed", speed=4)
    replay_server.order("seek", ts_ns=str(int(state["start_ns"]) + 12_000_000_000))
    replay_server.order("resume")
    return replay_server


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Any]]:
    """Open a server's page; at the end, nothing may have failed in it."""
    failures: list[str] = []
    contexts = []

    def opened(
        server: Server,
        width: int = 1280,
        height: int = 800,
        prepare: Callable[[Any], None] = lambda page: None,
        settings: dict[str, Any] | None = None,
    ) -> Any:
        # As nobody has set anything yet, unless the test says what.
        server.ask("/api/settings", settings or {}, "PUT")
        context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=width < 600, timezone_id="UTC"
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        prepare(page)
        page.goto(server.url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert failures == []


@pytest.fixture
def keep_screenshot(request) -> Callable[[Any, str], None]:
    """Save what the page looks like, to be looked at."""

    def keep(page: Any, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return keep
