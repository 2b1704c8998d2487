"""Take the README's picture: ``python tests/browser/take_picture.py docs/images/viewer.png``.

Of the simulated exchange, after enough of it for a full chart; never of recorded data.
"""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright

from conftest import FLAGS, Server, serving, wait_for

SECONDS = 130
WAIT_SECONDS = 300


def candles(server: Server) -> int:
    """Seconds of the simulated exchange so far."""
    now = datetime.now(UTC)
    body = {
        "symbols": server.source()["default_symbols"],
        "schema": "ohlcv-1s",
        "start_rfc3339": (now - timedelta(minutes=10)).isoformat(),
        "end_rfc3339": now.isoformat(),
    }
    bars = server.ask("/api/historical", body)["data"]
    return len({bar["ts_event"] for bar in bars})


def take(target: Path) -> None:
    """Run the demo until the chart is full, and save what the page looks like."""
    with serving("--demo") as server, sync_playwright() as playwright:
        wait_for("a full chart", lambda: candles(server) >= SECONDS, WAIT_SECONDS)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(server.url)
        page.locator("[data-trade]").first.wait_for()
        levels = page.get_by_role("table", name="Order book").locator("tbody tr")
        levels.nth(19).wait_for(state="attached")
        # What a late joiner gets first is not of one moment: wait for the next candle.
        candle = page.get_by_label("Candle", exact=True)
        before = candle.inner_text()[:19]
        page.wait_for_function(
            "before => !document.querySelector('[aria-label=Candle]').innerText.startsWith(before)",
            arg=before,
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
