"""Signals as they come and resolve, and what is kept of them."""

from __future__ import annotations

import csv
import io
import re

import pytest
from tests.browser.viewer_page import expect, show_panel, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

S = 10**9


def signals_panel(page):
    show_panel(page, "Signals")
    return page.get_by_role("region", name="Signals")


def rows(panel):
    return panel.locator("[data-signal]")


def ids(panel) -> list[str]:
    return panel.locator("[data-signal]").evaluate_all("all => all.map(one => one.dataset.signal)")


@pytest.fixture
def far(replay, until):
    """A replay that stands a minute and a half into the tape."""
    replay.order("pause")
    start = int(replay.replay()["start_ns"])
    replay.order("seek", ts_ns=str(start + 90 * S))
    until("the place", lambda: replay.cursor_ns() >= start + 89 * S)
    yield replay
    replay.order("resume")


def kept(server, query: str = "") -> dict:
    return server.ask(f"/api/signals?limit=200{query}")


def test_the_list_is_what_the_server_keeps_newest_first(open_page, far, until, keep_screenshot):
    page = watched(open_page, far)
    panel = signals_panel(page)
    # What others looked at is kept too, but this page lists its own instruments.
    followed = "&symbol=ESH6,ESM6"
    # The past of another place is studied in its own time.
    until("signals that are kept", lambda: kept(far, followed)["signals"])
    newest = lambda: {row["id"] for row in kept(far, followed)["signals"][:5]}  # noqa: E731 -- asked anew
    until("the same signals", lambda: set(ids(panel)[:5]) == newest())
    resolved = panel.locator("[data-signal]:not([data-outcome=pending])")
    panel.get_by_role("button", name="Filter").click()
    panel.get_by_label("Outcome").select_option("win")
    expect(resolved.first).to_contain_text("+")
    panel.get_by_label("Kind").select_option("iceberg")
    until("icebergs", lambda: all("-iceberg-" in one for one in ids(panel)))
    panel.get_by_role("button", name="Statistics").click()
    expect(panel.get_by_role("table", name="Statistics")).to_contain_text("Iceberg")
    keep_screenshot(page, "signals-desktop-dark")


def test_signals_come_and_resolve_as_the_market_goes_on(open_page, replay, until):
    replay.order("pause")
    page = watched(open_page, replay)
    panel = signals_panel(page)
    show_panel(page, "Signal history")
    shown = panel.get_by_role("status", name="Signals shown")
    before = shown.inner_text()
    replay.order("speed", speed=20)
    replay.order("resume")
    expect(shown).not_to_have_text(before)
    panel.get_by_role("button", name="Filter").click()
    panel.get_by_label("Outcome").select_option("loss")
    until("an outcome", lambda: rows(panel).count() > 0, 60)


def test_a_note_is_kept_with_its_signal(open_page, far):
    page = watched(open_page, far)
    show_panel(page, "Signal history")
    panel = page.get_by_role("region", name="Signal history")
    rows(panel).first.click()
    noted = ids(panel)[0]
    panel.get_by_label("Note").fill("watch this level")
    panel.get_by_role("button", name="Keep").click()
    expect(panel.get_by_label("Kept", exact=True)).to_have_text("kept")
    found = [row for row in kept(far)["signals"] if row["id"] == noted]
    assert [row["note"] for row in found] == ["watch this level"]
    page.reload()
    show_panel(page, "Signal history")
    expect(rows(panel).first.get_by_title("watch this level")).to_be_visible()


def test_the_history_is_turned_over_filtered_and_exported(open_page, far, until, keep_screenshot):
    page = watched(open_page, far)
    show_panel(page, "Signal history")
    panel = page.get_by_role("region", name="Signal history")
    total = kept(far)["total"]
    assert total > 50
    shown = panel.get_by_label("Kept signals shown")
    expect(shown).to_have_text(f"1 to 50 of {total:,}")
    panel.get_by_role("button", name="Older").click()
    expect(shown).to_have_text(f"51 to {min(100, total)} of {total:,}")
    panel.get_by_label("Direction").select_option("bearish")
    bearish = kept(far, "&direction=bearish")["total"]
    until("the filter", lambda: f"of {bearish:,}" in shown.inner_text())
    href = panel.get_by_role("link", name="csv").get_attribute("href")
    answer = page.request.get(far.url + href)
    exported = list(csv.DictReader(io.StringIO(answer.text())))
    assert len(exported) == bearish
    assert {row["direction"] for row in exported} == {"bearish"}
    keep_screenshot(page, "signal-history-desktop-dark")


OWN = ["absorption.least_delta_contracts=30", "NQ:windows.percentile=80"]


def test_own_thresholds_are_told_and_filter_the_history(
    open_page, serve, generated_tape, until, keep_screenshot
):
    options = [part for one in OWN for part in ("--set", one)]
    with serve("--replay", *generated_tape, "--speed", "50", "--loop", *options) as server:
        page = watched(open_page, server)
        show_panel(page, "Signals")
        mark = page.get_by_role("button", name="Own thresholds")
        expect(mark).to_have_attribute("title", re.compile("least_delta_contracts 30"))
        mark.click()
        dialog = page.get_by_role("dialog", name="Settings")
        expect(dialog.get_by_role("listitem")).to_have_count(2)
        absorption = dialog.get_by_role("region", name="absorption")
        expect(absorption.get_by_role("listitem")).to_contain_text("30 contracts")
        keep_screenshot(page, "thresholds-desktop-dark")
        dialog.get_by_label("Defaults too").check()
        expect(dialog.get_by_role("region", name="outcomes")).to_be_visible()
        page.keyboard.press("Escape")
        show_panel(page, "Signal history")
        panel = page.get_by_role("region", name="Signal history")
        until("signals", lambda: rows(panel).count() > 3)
        by = panel.get_by_label("Thresholds", exact=True)
        by.select_option("default")
        expect(panel).to_contain_text("No signal is kept that passes these filters.")
        by.select_option("all")
        until("signals of any", lambda: rows(panel).count() > 3)
        rules = kept(server, "&rules=all")["signals"][0]["rules"]
        expect(rows(panel).first).to_contain_text(rules)


def test_what_is_on_the_screen_is_cleared_and_comes_again(open_page, far, until):
    page = watched(open_page, far)
    panel = signals_panel(page)
    until("signals", lambda: rows(panel).count() > 3)
    page.get_by_role("heading", name="ticktape").click()
    page.keyboard.press("c")
    expect(panel).to_contain_text("No signals yet.")
    start = int(far.replay()["start_ns"])
    far.order("seek", ts_ns=str(start + 80 * S))
    until("the past of the other place", lambda: rows(panel).count() > 3)
