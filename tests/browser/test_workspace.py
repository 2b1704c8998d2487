"""The dock: laid out by hand, found again, and still where nobody looks."""

from __future__ import annotations

import json

import pytest
from tests.browser.viewer_page import drawn, expect, newest_trade, show_panel, tape_rows, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PANELS = (
    "Chart",
    "Flow",
    "Heatmap",
    "Book",
    "Orders",
    "Tape",
    "Inspector",
    "Signals",
    "Signal history",
)


def dock_tabs(page) -> list[str]:
    return sorted(page.locator(".dock-theme [role=tab]").all_inner_texts())


def dock_tab(page, name: str):
    return page.locator(".dock-theme").get_by_role("tab", name=name)


def choose(page, name: str, role: str = "menuitemcheckbox") -> None:
    page.get_by_role("button", name="Panels").click()
    page.get_by_role(role, name=name).click()
    page.keyboard.press("Escape")


def kept(page) -> dict[str, object]:
    return json.loads(page.evaluate("localStorage.getItem('ticktape.workspace') ?? '{}'"))


def has_kept(page, shown: str, *, without: str) -> bool:
    layout = json.dumps(kept(page).get("layout"))
    return f'"activeView": "{shown}"' in layout and f'"{without}"' not in layout


def test_every_panel_has_its_place(open_page, replay):
    page = watched(open_page, replay)
    assert dock_tabs(page) == sorted(PANELS)
    for name in ("Chart", "Heatmap", "Book", "Tape", "Inspector"):
        expect(page.get_by_role("region", name=name)).to_be_visible()
    show_panel(page, "Orders")
    expect(page.get_by_role("region", name="Book", exact=True)).to_have_count(0)


def test_a_layout_is_found_again_and_can_be_reset(open_page, replay, until):
    page = watched(open_page, replay)
    choose(page, "Heatmap")
    show_panel(page, "Orders")
    expect(page.get_by_role("region", name="Heatmap")).to_have_count(0)
    until("both to be kept", lambda: has_kept(page, "orders", without="heatmap"))
    page.reload()
    expect(tape_rows(page).first).to_be_visible()
    expect(dock_tab(page, "Orders")).to_be_visible()
    assert "Heatmap" not in dock_tabs(page)
    expect(page.locator(".dv-active-tab", has_text="Orders")).to_be_visible()
    choose(page, "Reset layout", "menuitem")
    until("every panel", lambda: dock_tabs(page) == sorted(PANELS))
    expect(page.get_by_role("region", name="Heatmap")).to_be_visible()


def test_a_tab_is_dragged_to_another_group(open_page, replay, until):
    page = watched(open_page, replay)
    dock_tab(page, "Heatmap").drag_to(
        page.get_by_role("region", name="Chart"), target_position={"x": 300, "y": 120}
    )
    group = page.locator(".dv-groupview", has=page.get_by_role("tab", name="Chart"))
    expect(group.get_by_role("tab", name="Heatmap")).to_be_visible()
    expect(page.get_by_role("region", name="Chart")).to_have_count(0)


@pytest.mark.parametrize(
    "left",
    ["", "no json", '{"version": 99}', '{"version": 1, "known": [], "layout": {"grid": 3}}'],
)
def test_a_layout_that_cannot_be_read_is_laid_out_anew(open_page, replay, left):
    def leave(page):
        page.add_init_script(f"localStorage.setItem('ticktape.workspace', {json.dumps(left)})")

    page = watched(open_page, replay, prepare=leave)
    assert dock_tabs(page) == sorted(PANELS)


def test_panels_of_another_version_are_left_out_and_new_ones_added(open_page, replay, until):
    page = watched(open_page, replay)
    choose(page, "Tape")
    until(
        "a layout", lambda: "layout" in kept(page) and "tape" not in kept(page)["layout"]["panels"]
    )
    layout = json.dumps(kept(page))
    # As a version left it that had a panel "footprint" and did not know "inspector".
    older = json.loads(layout.replace('"inspector"', '"footprint"'))
    page.evaluate("text => localStorage.setItem('ticktape.workspace', text)", json.dumps(older))
    page.reload()
    expect(page.get_by_role("region", name="Chart")).to_be_visible()
    assert dock_tabs(page) == sorted(set(PANELS) - {"Tape"})


def test_a_hidden_panel_is_not_drawn(open_page, replay, until):
    page = watched(open_page, replay)
    tape = page.get_by_role("region", name="Tape").element_handle()
    trade = newest_trade(page)
    dock_tab(page, "Chart").click()
    page.keyboard.press("Shift+E")
    expect(page.get_by_role("region", name="Tape")).to_have_count(0)
    page.evaluate(
        "tape => { window.changes = 0;"
        " new MutationObserver(all => { window.changes += all.length }).observe(tape, "
        "{subtree: true, childList: true, characterData: true, attributes: true}) }",
        tape,
    )

    def still_while_the_market_goes_on() -> bool:
        page.evaluate("window.changes = 0")
        later_ns = replay.cursor_ns() + 4_000_000_000
        until("the market to go on", lambda: replay.cursor_ns() > later_ns)
        return page.evaluate("window.changes") == 0

    # What was under way when it was hidden may still be drawn, when the page has time for it.
    until("a panel that is not drawn", still_while_the_market_goes_on)
    page.keyboard.press("Shift+E")
    expect(page.get_by_role("region", name="Tape")).to_be_visible()
    expect(tape_rows(page).first).not_to_have_text(trade)


def test_a_chart_that_was_hidden_is_zoomed_as_it_was_left(open_page, replay):
    page = watched(open_page, replay)
    replay.order("pause")
    expect(page.get_by_role("button", name="Play")).to_be_visible()

    def seconds_across() -> list[int]:
        """Times of the candles at two places of the chart."""
        canvas = page.locator(".chart-canvas").bounding_box()
        times = []
        for share in (0.2, 0.7):
            page.mouse.move(canvas["x"] + share * canvas["width"], canvas["y"] + 150)
            drawn(page)
            clock = page.get_by_label("Candle", exact=True).inner_text()[11:19]
            hours, minutes, seconds = map(int, clock.split(":"))
            times.append(hours * 3600 + minutes * 60 + seconds)
        return times

    first = seconds_across()
    page.mouse.wheel(0, -600)
    drawn(page)
    zoomed = seconds_across()
    assert zoomed[1] - zoomed[0] < first[1] - first[0]
    dock_tab(page, "Tape").click()
    page.keyboard.press("Shift+E")
    expect(page.get_by_role("region", name="Chart")).to_have_count(0)
    page.keyboard.press("Shift+E")
    expect(page.get_by_role("region", name="Chart")).to_be_visible()
    drawn(page)
    assert seconds_across() == zoomed


def test_panels_are_reached_by_keys(open_page, replay):
    page = watched(open_page, replay)
    page.keyboard.press("Shift+W")
    expect(page.get_by_role("menuitemcheckbox", name="Chart")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_role("region", name="Heatmap")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu", name="Panels")).to_have_count(0)
    page.keyboard.press("Shift+I")
    expect(page.get_by_role("listbox", name="Records")).to_be_focused()
    active = page.locator(".dv-active-group .dv-active-tab")
    before = active.inner_text()
    page.keyboard.press(".")
    expect(active).not_to_have_text(before)
    page.keyboard.press(",")
    expect(active).to_have_text(before)


def test_a_phone_shows_one_panel_at_a_time_and_never_loads_the_dock(open_page, replay):
    loaded = []

    def listen(page):
        page.on("request", lambda request: loaded.append(request.url))

    page = open_page(replay, width=390, height=844, prepare=listen)
    for name in PANELS:
        page.get_by_role("tab", name=name, exact=True).click()
        expect(page.get_by_role("tab", name=name, exact=True)).to_have_attribute(
            "aria-selected", "true"
        )
        expect(page.locator(".panel")).to_have_count(1)
    assert not any("DockedPanels" in url for url in loaded)
