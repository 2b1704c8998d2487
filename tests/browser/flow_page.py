"""Reading the flow chart as a person would: by pointing at it."""

from __future__ import annotations

import json
import re

import numpy as np
from tests.browser.viewer_page import drawn, paused_ns, show_panel, symbol_of, watched

from ticktape.tape import Schema, read_dbn

# Where the newest bars stand, as a share of the plot.
NEWEST = 0.92
DAY_NS = 86_400_000_000_000
BAR_NS = 5_000_000_000
READOUT = re.compile(
    r"(?P<time>[\d:]{8}).*? · O (?P<open>[\d.]+) H (?P<high>[\d.]+) L (?P<low>[\d.]+) "
    r"C (?P<close>[\d.]+) · Vol (?P<volume>[\d,]+) · Δ (?P<delta>[+-]?[\d,]+)"
)


def flow(page, of: str | None = None):
    """The panel: of the instrument that the page shows, or of one that stands beside it."""
    name = "Flow" if of is None else f"Flow of {of}"
    return page.get_by_role("region", name=name, exact=True)


def body(page, of: str | None = None):
    return flow(page, of).locator(".flow-body")


def readout(page, of: str | None = None) -> str:
    return flow(page, of).get_by_label("At the pointer").text_content()


def point(page, across: float, down: float, of: str | None = None) -> str:
    """Point at a place of the plot, in shares of it, and read what stands there."""
    box = body(page, of).bounding_box()
    narrow = box["width"] < 520
    plot = box["width"] - (66 + 54 if narrow else 66 + 110)
    page.mouse.move(box["x"] + across * plot, box["y"] + down * box["height"])
    drawn(page)
    return readout(page, of)


def with_settings(**chosen):
    """Have these chosen on the flow chart before the page opens."""
    kept = json.dumps({"state": {"charts": {"flow": chosen}}, "version": 1})
    script = (
        f"localStorage.getItem('ticktape.flow') ?? localStorage.setItem('ticktape.flow', {kept!r})"
    )
    return lambda page: page.add_init_script(script)


def charted(open_page, replay, until, *, width: int = 1440, height: int = 900, **chosen):
    """The flow chart alone, paused a minute into the tape."""
    start = int(replay.replay()["start_ns"])
    replay.order("seek", ts_ns=str(start + 60_000_000_000))
    page = watched(
        open_page, replay, width=width, height=height, prepare=with_settings(every="5s", **chosen)
    )
    show_panel(page, "Flow")
    page.keyboard.press("Shift+E")
    replay.order("pause")
    paused_ns(replay, until)
    until("bars", lambda: READOUT.search(point(page, NEWEST, 0.4)), 90)
    return page


def trades_of(page, paths: list[str], symbol: str | None = None) -> np.ndarray:
    """Trades of a symbol; of the one that the page shows unless said."""
    number = page.evaluate(
        "async symbol => (await (await fetch('/api/symbols')).json())"
        ".find(entry => entry.symbol === symbol).instrument_id",
        symbol or symbol_of(page),
    )
    batches = [batch.records for batch in read_dbn(paths[1]) if batch.schema is Schema.MBO]
    records = np.concatenate(batches)
    return records[(records["instrument_id"] == number) & (records["action"] == ord("T"))]


def ns_of_day(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return (hours * 3600 + minutes * 60 + seconds) * 1_000_000_000
