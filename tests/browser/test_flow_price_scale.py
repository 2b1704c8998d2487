"""The flow chart's price scale: dragged it stretches prices, a double click fits them again."""

from __future__ import annotations

import pytest
from tests.browser.flow_page import body, charted, flow, point
from tests.browser.viewer_page import expect

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXIS_PX = 30


def span_of(page) -> float:
    """Points between two heights of the plot."""
    high, low = (float(point(page, 0.5, down).split(" · ")[1]) for down in (0.1, 0.5))
    return high - low


def test_a_double_click_on_the_price_scale_fits_the_prices_again(open_page, replay, until):
    page = charted(open_page, replay, until)
    follow = flow(page).get_by_role("button", name="Follow")
    before = span_of(page)
    box = body(page).bounding_box()
    x, y = box["x"] + box["width"] - AXIS_PX, box["y"] + box["height"] * 0.3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 120, steps=6)
    page.mouse.up()
    until("prices drawn closer together", lambda: span_of(page) > 1.5 * before)
    page.mouse.dblclick(x, y)
    until("the prices as they were", lambda: span_of(page) == pytest.approx(before, rel=0.02))
    expect(follow).to_have_attribute("aria-pressed", "true")
