"""The heatmap on a replay of a generated tape: what it draws is what rested, and nothing else."""

from __future__ import annotations

import base64
import json
import re

import numpy as np
import pytest
from tests.browser.heatmap_page import Spot, seconds_of, spot
from tests.browser.viewer_page import drawn, expect, paused_ns, symbol_of, watched

from ticktape.book import MboBook
from ticktape.tape import Schema, read_dbn

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

COLUMN_NS = 100_000_000
TICK = 250_000_000
PIXELS = """async ([png, points]) => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
}"""


def follow_button(page):
    return page.locator("section.heatmap").get_by_role("button", name="Follow")


def colours(page, spots: list[Spot]) -> list[tuple[int, int, int]]:
    """What is on the screen at these places, the pointer out of the way."""
    page.mouse.move(2, 2)
    drawn(page)
    png = base64.b64encode(page.screenshot()).decode()
    points = [[int(one.x), int(one.y)] for one in spots]
    return [tuple(colour) for colour in page.evaluate(PIXELS, [png, points])]


def is_cool(colour) -> bool:
    return colour[2] > colour[0] + 8


def is_warm(colour) -> bool:
    return colour[0] > colour[2] + 8


def shows_depth(page) -> bool:
    """Whether the place that is looked at has a past by now."""
    return re.match(r"bid|ask|nothing", spot(page, 0.5, 0.3).says) is not None


@pytest.fixture
def paused(open_page, replay, until):
    """The page on the generated tape, still, half a minute in."""
    state = replay.replay()
    replay.order("seek", ts_ns=str(int(state["start_ns"]) + 40_000_000_000))
    page = watched(open_page, replay, width=1440, height=900)
    replay.order("pause")
    paused_ns(replay, until)
    until("the past", lambda: shows_depth(page))
    return page


def instrument_of(page) -> int:
    """Number of the instrument that the page shows."""
    return page.evaluate(
        "async symbol => (await (await fetch('/api/symbols')).json())"
        ".find(entry => entry.symbol === symbol).instrument_id",
        symbol_of(page),
    )


def mbo_records(paths: list[str], instrument_id: int) -> np.ndarray:
    batches = [batch.records for batch in read_dbn(paths[1]) if batch.schema is Schema.MBO]
    records = np.concatenate(batches)
    return records[records["instrument_id"] == instrument_id]


def test_every_size_is_what_rested(paused, generated_tape):
    page = paused
    instrument = instrument_of(page)
    records = mbo_records(generated_tape, instrument)
    midnight = int(records["ts_recv"][0]) // 86_400_000_000_000 * 86_400_000_000_000
    spots = [spot(page, x, y) for x in (0.35, 0.6, 0.85) for y in (0.15, 0.3, 0.7, 0.85)]
    for one in spots:
        begin = midnight + round(seconds_of(one.time) * 10) * COLUMN_NS
        book = MboBook(int(records["publisher_id"][0]), instrument)
        book.update(records[records["ts_recv"] < begin + COLUMN_NS])
        bids, asks = book.levels(200)
        price = round(float(one.price) * 1e9)
        wanted = [
            f"{name} {int(size):,}"
            for name, side in (("bid", bids), ("ask", asks))
            for size in side["size"][side["price"] == price]
        ]
        assert one.says == (" · ".join(wanted) or "nothing rests"), one


def trades_of(paths, page) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of the day and prices at which the instrument shown traded."""
    records = mbo_records(paths, instrument_of(page))
    trades = records[records["action"] == ord("T")]
    return trades["ts_recv"] % 86_400_000_000_000 / 1e9, trades["price"] / 1e9


def test_bids_are_cool_and_asks_are_warm(paused, generated_tape, keep_screenshot):
    page = paused
    heights = (0.05, 0.1, 0.15, 0.2, 0.25, 0.75, 0.8, 0.85, 0.9, 0.95)
    spots = [spot(page, x, y) for x in (0.4, 0.7, 0.9) for y in heights]

    seconds, prices = trades_of(generated_tape, page)

    def is_clear(one: Spot) -> bool:
        """Whether no dot of a trade, nor the line of a best price, can lie there."""
        near = prices[np.abs(seconds - seconds_of(one.time)) < 3]
        return not len(near) or not near.min() - 0.5 <= float(one.price) <= near.max() + 0.5

    def largest(side: str) -> list[Spot]:
        """Where most rests: what is small is drawn too faint to have a hue."""
        found = [
            one for one in spots if re.fullmatch(rf"{side} [\d,]+", one.says) and is_clear(one)
        ]
        return sorted(found, key=lambda one: int(re.sub(r"\D", "", one.says)))[-4:]

    chosen = [*largest("bid"), *largest("ask")]
    assert {one.says.split()[0] for one in chosen} == {"bid", "ask"}
    for one, colour in zip(chosen, colours(page, chosen), strict=True):
        assert is_cool(colour) if one.says.startswith("bid") else is_warm(colour), (one, colour)
    keep_screenshot(page, "heatmap-desktop-dark")


def test_missing_records_are_drawn_as_a_gap(open_page, replay, until, keep_screenshot):
    sockets = []

    def between(socket):
        socket.connect_to_server()
        sockets.append(socket)

    replay.order("seek", ts_ns=str(int(replay.replay()["start_ns"]) + 40_000_000_000))
    page = watched(
        open_page,
        replay,
        width=1440,
        height=900,
        prepare=lambda page: page.route_web_socket(re.compile("/ws/live"), between),
    )
    replay.order("pause")
    cursor = paused_ns(replay, until)
    until("the past", lambda: shows_depth(page))
    gap = {"type": "gap", "symbol": None, "reason": "connection lost"}
    gap |= {"start_ns": str(cursor - 20 * 10**9), "end_ns": str(cursor - 10 * 10**9)}
    sockets[-1].send(json.dumps(gap))
    across = [x / 50 for x in range(5, 50)]
    until("the gap", lambda: any(spot(page, x, 0.2).says == "records missing" for x in across))
    spots = [spot(page, x, y) for x in across for y in (0.1, 0.9)]
    missing = [one for one in spots if one.says == "records missing"]
    times = [seconds_of(one.time) for one in missing]
    assert 8 < max(times) - min(times) <= 10.1
    # Hatched: the ground of the panel, and stripes of no side's colour.
    assert not any(is_cool(colour) and colour[2] > 60 for colour in colours(page, missing))
    keep_screenshot(page, "heatmap-gap-desktop-dark")


def test_the_wheel_zooms_at_the_cursor(paused):
    page = paused
    before, edge = spot(page, 0.9, 0.4), spot(page, 0.1, 0.4)
    spot(page, 0.9, 0.4)
    page.mouse.wheel(0, 300)
    after = spot(page, 0.1, 0.4)
    assert seconds_of(after.time) < seconds_of(edge.time) - 5
    spot(page, 0.3, 0.4)
    held = spot(page, 0.3, 0.4)
    page.mouse.wheel(0, -300)
    assert abs(seconds_of(spot(page, 0.3, 0.4).time) - seconds_of(held.time)) < 0.3
    low = float(spot(page, 0.3, 0.95).price)
    spot(page, 0.3, 0.4)
    page.keyboard.down("Shift")
    page.mouse.wheel(0, 300)
    page.keyboard.up("Shift")
    assert abs(float(spot(page, 0.3, 0.4).price) - float(before.price)) <= 0.25
    assert float(spot(page, 0.3, 0.95).price) < low


def test_dragging_leaves_the_market_and_a_double_click_returns(paused):
    page = paused
    expect(follow_button(page)).to_have_attribute("aria-pressed", "true")
    newest, at = spot(page, 0.95, 0.5), spot(page, 0.5, 0.5)
    page.mouse.down()
    page.mouse.move(at.x + 150, at.y + 40, steps=5)
    page.mouse.up()
    expect(follow_button(page)).to_have_attribute("aria-pressed", "false")
    moved = spot(page, 0.95, 0.5)
    assert seconds_of(moved.time) < seconds_of(newest.time) - 10
    assert float(moved.price) > float(newest.price)
    page.mouse.dblclick(at.x, at.y)
    expect(follow_button(page)).to_have_attribute("aria-pressed", "true")
    assert abs(seconds_of(spot(page, 0.95, 0.5).time) - seconds_of(newest.time)) < 0.3
    page.keyboard.press("f")
    expect(follow_button(page)).to_have_attribute("aria-pressed", "false")
    follow_button(page).click()
    expect(follow_button(page)).to_have_attribute("aria-pressed", "true")


def test_a_past_that_is_looked_at_stays_drawn_while_the_market_goes_on(paused, replay, until):
    page = paused
    at = spot(page, 0.5, 0.5)
    page.mouse.down()
    page.mouse.move(at.x + 60, at.y, steps=5)
    page.mouse.up()
    rows = (0.1, 0.2, 0.3, 0.6, 0.7, 0.8)
    spots = [spot(page, 0.9, y) for y in rows]
    before = colours(page, spots)
    assert any(map(is_cool, before))
    assert any(map(is_warm, before))
    began_ns = replay.cursor_ns()
    replay.order("resume")
    until("two seconds more", lambda: replay.cursor_ns() > began_ns + 2_000_000_000)
    drawn(page)
    assert colours(page, spots) == before


def test_seeking_back_shows_nothing_after_the_cursor(paused, replay, until):
    page = paused
    state = replay.replay()
    target = int(state["start_ns"]) + 20_000_000_000
    replay.order("seek", ts_ns=str(target))
    day_ns = 86_400_000_000_000
    cursor_s = target % day_ns / 1e9
    until("the seek", lambda: abs(seconds_of(spot(page, 0.98, 0.5).time or "0:0:0") - cursor_s) < 2)
    until("the past", lambda: re.match(r"bid|ask", spot(page, 0.95, 0.2).says) is not None)
    at = spot(page, 0.9, 0.5)
    page.mouse.down()
    page.mouse.move(at.x - 250, at.y, steps=5)
    page.mouse.up()
    cursor_s = replay.cursor_ns() % day_ns / 1e9
    spots = [spot(page, x, y) for x in (0.6, 0.75, 0.9, 0.97) for y in (0.1, 0.45, 0.9)]
    later = [one for one in spots if seconds_of(one.time) > cursor_s + 0.2]
    assert len(later) >= 6
    assert {one.says for one in later} == {""}
    assert len(set(colours(page, later))) == 1


def test_a_lost_graphics_context_comes_back(paused, until):
    page = paused
    spots = [spot(page, x, 0.15) for x in (0.5, 0.7, 0.9)]
    before = colours(page, spots)
    page.evaluate(
        "() => { const lose = document.querySelector('.heatmap-plot').getContext('webgl2')"
        ".getExtension('WEBGL_lose_context'); lose.loseContext();"
        " setTimeout(() => lose.restoreContext(), 100); }"
    )
    page.wait_for_function(
        "() => document.querySelector('.heatmap-plot').getContext('webgl2').isContextLost()"
    )
    page.wait_for_function(
        "() => !document.querySelector('.heatmap-plot').getContext('webgl2').isContextLost()"
    )
    until("the picture", lambda: colours(page, spots) == before)


def test_zoomed_out_columns_are_longer_and_the_past_is_fetched(paused, until):
    page = paused
    length = page.locator("section.heatmap .panel-head .mark")
    expect(length).to_have_text("100 ms")
    for _ in range(5):
        spot(page, 0.95, 0.4)
        page.mouse.wheel(0, 240)
    expect(length).to_have_text("1 s")
    asked = re.compile(r"^(bid|ask) [\d,]+$")
    until("the past", lambda: asked.match(spot(page, 0.97, 0.3).says))
    assert spot(page, 0.3, 0.3).says == "no data"
    places = [spot(page, 0.3, 0.3), spot(page, 0.97, 0.3)]
    until("depth on its ground", lambda: len(set(colours(page, places))) == 2)


def test_says_what_it_needs_where_there_is_no_webgl2(open_page, replay):
    def without_webgl2(page):
        page.add_init_script(
            "const get = HTMLCanvasElement.prototype.getContext;"
            "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
            " return kind === 'webgl2' ? null : get.call(this, kind, ...more); };"
        )

    page = watched(open_page, replay, prepare=without_webgl2)
    expect(page.locator("section.heatmap")).to_contain_text("needs WebGL2")
