"""How a person is told of signals: what is set of sound, sight and the browser's notifications."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from tests.browser.viewer_page import drawn, expect, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

S = 10**9
KINDS = (
    "Delta flip",
    "Delta reversal",
    "Absorption",
    "Stacked imbalance",
    "Divergence",
    "Iceberg",
    "Sweep",
    "Confluence",
    "Level approach",
)

# What the page sounds, flashes, tells and has the browser tell, whoever asks it to.
LISTEN = """
window.heard = { tones: [], flashes: 0, told: [], notes: [], asked: 0 };
window.isLookedAt = true;
document.hasFocus = () => window.isLookedAt;
window.Notification = class {
  static permission = "default";
  static async requestPermission() {
    heard.asked += 1;
    return (this.permission = "granted");
  }
  constructor(title, { body }) { heard.notes.push(body); }
};
window.loudness = [];
const create = AudioContext.prototype.createGain;
AudioContext.prototype.createGain = function () {
  const gain = create.call(this);
  const connect = gain.connect;
  gain.connect = (to) => {
    if (to === this.destination) window.loudness.push(gain.gain);
    return connect.call(gain, to);
  };
  return gain;
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  heard.tones.push(`${this.type} ${this.frequency.value}`);
  return start.apply(this, when);
};
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) {
      if (!(node instanceof HTMLElement)) continue;
      if (node.matches(".flash")) heard.flashes += 1;
      if (node.matches(".toast")) heard.told.push([node.dataset.alarm, node.textContent]);
    }
}).observe(document, { childList: true, subtree: true });
"""


def heard(page, what: str) -> Any:
    return page.evaluate(f"heard.{what}")


def alerted(page) -> int:
    """How many alerts were told of by now."""
    return len(heard(page, "told"))


def listening(open_page, replay, **alerts: Any):
    """A page that is told of weak signals too, of sweeps and icebergs: something by the second."""
    kinds = {"sweep": True, "iceberg": True}
    chosen = {"kinds": kinds, "least": "weak", **alerts}
    viewer = {"version": 1, "changedAt": int(time.time() * 1000), "alerts": chosen}
    replay.order("speed", speed=10)
    return watched(
        open_page,
        replay,
        settings={"viewer": viewer},
        prepare=lambda one: one.add_init_script(LISTEN),
    )


def panel(page):
    """The settings of alerts, which stay open over the page."""
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_role("tab", name="Alerts").click()
    return dialog


def kind(dialog, name: str):
    return dialog.get_by_role("checkbox", name=name, exact=True)


def tell_only(dialog, *wanted: str) -> None:
    for name in KINDS:
        kind(dialog, name).set_checked(name in wanted)


def test_each_kind_has_a_sound_of_its_own(open_page, replay):
    replay.order("pause")
    page = listening(open_page, replay)
    dialog = panel(page)
    tell_only(dialog)
    sounds = []
    for name in KINDS:
        page.evaluate("heard.tones.length = 0")
        dialog.get_by_role("button", name=f"Hear {name}", exact=True).click()
        sounds.append(tuple(heard(page, "tones")))
    assert all(sounds)
    assert len(set(sounds)) == len(KINDS)


def test_only_chosen_kinds_are_told_and_each_by_its_sound(open_page, replay, until):
    page = listening(open_page, replay)
    dialog = panel(page)
    tell_only(dialog, "Sweep")
    # What was raised before is told first.
    drawn(page)
    page.evaluate("heard.told.length = heard.tones.length = 0")
    until("sweeps", lambda: alerted(page) >= 3, 60)
    assert {alarm for alarm, _ in heard(page, "told")} == {"sweep"}
    assert {tone.split()[0] for tone in heard(page, "tones")} == {"sawtooth"}
    tell_only(dialog, "Iceberg")
    drawn(page)
    page.evaluate("heard.told.length = heard.tones.length = 0")
    until("icebergs", lambda: alerted(page) >= 3, 60)
    assert {alarm for alarm, _ in heard(page, "told")} == {"iceberg"}
    assert {tone.split()[0] for tone in heard(page, "tones")} == {"triangle"}


def test_a_muted_page_is_silent_and_still_tells(open_page, replay, until):
    page = listening(open_page, replay)
    dialog = panel(page)
    until("a sound", lambda: heard(page, "tones"), 60)
    dialog.get_by_label("Mute").check()
    assert page.evaluate("loudness.at(-1).value") == 0, "also of what was sounding"
    expect(dialog.get_by_role("button", name="Hear Sweep")).to_be_disabled()
    page.evaluate("heard.told.length = heard.tones.length = 0")
    until("alerts", lambda: alerted(page) >= 3, 60)
    assert heard(page, "tones") == []
    dialog.get_by_label("Mute").uncheck()
    until("a sound again", lambda: heard(page, "tones"), 60)
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.evaluate("heard.told.length = heard.tones.length = 0")
    until("alerts", lambda: alerted(page) >= 3, 60)
    assert heard(page, "tones") == [], "the key mutes as the panel does"


def test_the_page_flashes_where_that_is_wanted(open_page, replay, until):
    page = listening(open_page, replay, flash=False)
    until("alerts", lambda: alerted(page) >= 3, 60)
    assert heard(page, "flashes") == 0
    panel(page).get_by_label("Flash").check()
    until("a flash", lambda: heard(page, "flashes") > 0, 60)


def test_the_browser_tells_while_nobody_looks_at_the_page(open_page, replay, until):
    page = listening(open_page, replay)
    dialog = panel(page)
    page.evaluate("isLookedAt = false")
    until("alerts", lambda: alerted(page) >= 3, 60)
    assert heard(page, "notes") == [], "nobody has wanted it yet"
    page.evaluate("isLookedAt = true")
    dialog.get_by_label("Browser notification").check()
    until("the browser to be asked", lambda: heard(page, "asked") == 1)
    page.evaluate("heard.told.length = 0")
    until("alerts", lambda: alerted(page) >= 3, 60)
    assert heard(page, "notes") == [], "a page that is looked at tells by itself"
    page.evaluate("isLookedAt = false")
    until("a notification", lambda: heard(page, "notes"), 60)
    assert heard(page, "notes")[0] in [text for _, text in heard(page, "told")]


def test_a_price_that_comes_near_a_level_is_told(open_page, replay, until):
    page = listening(open_page, replay)
    dialog = panel(page)
    tell_only(dialog, "Level approach")
    dialog.get_by_label("Distance").fill("0.5")
    dialog.get_by_label("Unit").select_option("points")
    page.evaluate("heard.told.length = heard.tones.length = 0")
    until("a level", lambda: alerted(page), 60)
    assert {alarm for alarm, _ in heard(page, "told")} == {"level"}
    text = heard(page, "told")[0][1]
    assert re.match(r"ES\w+ near [^ ]+ .*\d\.\d\d", text), text
    assert set(heard(page, "tones")) == {"sine 880"}


def test_what_is_set_of_alerts_is_found_again(open_page, replay, until):
    page = listening(open_page, replay)
    dialog = panel(page)
    tell_only(dialog, "Divergence", "Level approach")
    dialog.get_by_label("Mute").check()
    dialog.get_by_label("Volume").fill("0.2")
    dialog.get_by_label("Flash").uncheck()
    dialog.get_by_label("Browser notification").check()
    dialog.get_by_label("Signals as strong as").select_option("medium")
    dialog.get_by_label("Distance").fill("2.5")
    dialog.get_by_label("Unit").select_option("points")
    until("the server to have it", lambda: kept_distance(replay) == 2.5)
    page.reload()
    dialog = panel(page)
    told = [name for name in KINDS if kind(dialog, name).is_checked()]
    assert told == ["Divergence", "Level approach"]
    expect(dialog.get_by_label("Mute")).to_be_checked()
    expect(dialog.get_by_label("Volume")).to_have_value("0.2")
    expect(dialog.get_by_label("Flash")).not_to_be_checked()
    expect(dialog.get_by_label("Browser notification")).to_be_checked()
    expect(dialog.get_by_label("Signals as strong as")).to_have_value("medium")
    expect(dialog.get_by_label("Distance")).to_have_value("2.5")
    expect(dialog.get_by_label("Unit")).to_have_value("points")


def kept_distance(replay) -> float | None:
    return replay.ask("/api/settings").get("viewer", {}).get("alerts", {}).get("distance")


def test_a_seek_takes_back_what_was_told_of_later(open_page, replay, until):
    page = listening(open_page, replay)
    told = page.get_by_role("log", name="Alerts")
    until("an alert", lambda: told.inner_text() != "", 60)
    replay.order("pause")
    replay.order("seek", ts_ns=str(int(replay.replay()["start_ns"]) + S))
    # Sooner than it would go by itself.
    expect(told).to_have_text("", timeout=4_000)
