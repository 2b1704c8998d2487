"""The ladder's figures on a paused replay: what rests, was pulled, was stacked and traded."""

from __future__ import annotations

import base64
from collections import Counter, defaultdict

import numpy as np
import pytest
from tests.book.activity_oracle import OracleActivity
from tests.browser.ladder_page import (
    agrees,
    ladder,
    paused_ladder,
    places_of,
    rows_of,
    step,
)
from tests.browser.page_colours import colour_of, is_near
from tests.browser.viewer_page import drawn, symbol_of
from tests.conformance.make_corpus import fields_of
from tests.conformance.oracle import OracleBook

from ticktape.tape import Schema, read_dbn

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SIDES = {"B": "bid", "A": "ask"}
WHO = {"B": " bought", "A": " sold", "N": ""}
Figures = dict[str, dict[str, str]]
PIXELS = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const letters = [];
  for (let at = 0; at < data.length; at += 8_192)
    letters.push(String.fromCharCode(...data.subarray(at, at + 8_192)));
  return [width, height, btoa(letters.join(''))];
}"""


class Market:
    """One instrument of the tape, record by record, in plain Python.

    What is added and cancelled is counted from where it begins: there the page began to watch.
    """

    def __init__(self, paths: list[str], instrument_id: int, position: int) -> None:
        batches = [batch.records for batch in read_dbn(paths[1]) if batch.schema is Schema.MBO]
        records = np.concatenate(batches)
        places = np.flatnonzero(records["instrument_id"] == instrument_id)
        self._records = list(zip(places.tolist(), fields_of(records[places]), strict=True))
        self._done = 0
        self.trades = []
        book = OracleBook()
        for record in self._until(position):
            book.apply(record)
        self.activity = OracleActivity(book)

    def _until(self, position: int):
        while self._done < len(self._records) and self._records[self._done][0] < position:
            record = self._records[self._done][1]
            self._done += 1
            if record.action == ord("T"):
                self.trades.append(record)
            yield record

    def go_on(self, position: int) -> None:
        for record in self._until(position):
            self.activity.apply(record)

    def figures(self) -> Figures:
        """What there is to be told of every price."""
        found = defaultdict(Counter)
        for side, name in SIDES.items():
            levels, total = self.activity.book.sides[side], 0
            for price in sorted(levels, reverse=side == "B"):
                total += levels[price].size
                found[price] |= {
                    f"{name} size": levels[price].size,
                    f"{name} count": levels[price].count,
                    f"{name} cumulative": total,
                    f"{name} added": self.activity.added[side, price],
                    f"{name} cancelled": self.activity.cancelled[side, price],
                }
        for trade in self.trades:
            row = found[trade.price]
            row["total"] += trade.size
            row[{"B": "bought", "A": "sold", "N": "neither"}[chr(trade.side)]] += trade.size
        texts = {
            f"{price / 1e9:.2f}": {
                name: str(figure) for name, figure in row.items() if figure and name != "neither"
            }
            for price, row in found.items()
        }
        last = self.trades[-1]
        texts[f"{last.price / 1e9:.2f}"]["last"] = f"{last.size}{WHO[chr(last.side)]}"
        return texts


def told(page) -> Figures:
    return {
        row["price"]: {
            name: text for name, text in row.items() if text and name not in ("y", "price")
        }
        for row in rows_of(page)
    }


def told_otherwise(page, wanted: Figures) -> dict[str, tuple]:
    """Prices in sight of which other figures are told than there are: those told, those wanted."""
    rows = told(page)
    low, high = (edge(map(float, rows)) for edge in (min, max))
    in_sight = {price for price in wanted if low <= float(price) <= high}
    return {
        price: (rows.get(price), wanted.get(price))
        for price in in_sight | set(rows)
        if rows.get(price) != wanted.get(price)
    }


@pytest.fixture
def paused(open_page, replay, until):
    return paused_ladder(open_page, replay, until)


@pytest.fixture
def market(paused, replay, generated_tape) -> Market:
    """What the tape says of the instrument that the page shows, where the replay stands."""
    symbol = symbol_of(paused)
    number = next(
        one["instrument_id"] for one in replay.ask("/api/symbols") if one["symbol"] == symbol
    )
    return Market(generated_tape, number, int(replay.replay()["mbo_position"]))


def go_on(page, market, replay, until, events: int) -> None:
    """Step, with the page and with the tape, and compare what the two say."""
    if events:
        step(replay, until, events)
        market.go_on(int(replay.replay()["mbo_position"]))
    wanted = market.figures()
    until("the book", lambda: agrees(page, replay))
    until("the figures", lambda: told_otherwise(page, wanted) == {})


def test_every_figure_of_every_row_is_what_the_tape_says(paused, market, replay, until):
    seen = Counter()
    for events in (0, 1, 4, 90, 250):
        go_on(paused, market, replay, until, events)
        seen.update(name for row in told(paused).values() for name in row)
    sides = ["size", "count", "cumulative", "added", "cancelled"]
    names = [f"{side} {name}" for side in ("bid", "ask") for name in sides]
    assert {*names, "sold", "bought", "total", "last"} == set(seen)


def test_pulling_and_stacking_begin_anew_when_a_best_price_changes(paused, market, replay, until):
    before = market.activity.touch
    while market.activity.touch == before:
        step(replay, until, 100)
        market.go_on(int(replay.replay()["mbo_position"]))
    go_on(paused, market, replay, until, 0)


def pixels_of(page) -> np.ndarray:
    """The drawing: a row of pixels after the other, from the top."""
    page.mouse.move(2, 2)
    drawn(page)
    width, height, rgba = ladder(page).locator("canvas").evaluate(PIXELS)
    return np.frombuffer(base64.b64decode(rgba), np.uint8).reshape(height, width, 4)[:, :, :3]


def whole_rows(page, pixels: np.ndarray) -> list[dict[str, str]]:
    """The rows that are not cut by the titles or by the end of the drawing."""
    return [row for row in rows_of(page) if 30 < float(row["y"]) < len(pixels) - 10]


def test_the_price_of_the_last_trade_alone_is_filled_with_who_came_for_it(
    paused, market, replay, until
):
    filled = set()
    for events in (0, 100, 100, 100, 100, 100):
        go_on(paused, market, replay, until, events)
        x = round(places_of(paused)["bidX"]) + 3
        pixels = pixels_of(paused)
        colours = {" bought": colour_of(paused, "buy"), " sold": colour_of(paused, "sell")}
        marks = {
            row["price"]: who
            for row in whole_rows(paused, pixels)
            for who, colour in colours.items()
            if is_near(pixels[int(float(row["y"])), x], colour)
        }
        last = market.trades[-1]
        assert marks == {f"{last.price / 1e9:.2f}": WHO[chr(last.side)]}
        filled.update(marks.values())
    assert filled == {" bought", " sold"}


def test_every_bar_ends_where_its_size_does(paused):
    pixels, where, ground = pixels_of(paused), places_of(paused), colour_of(paused, "panel")
    column = round(where["barPx"])
    lengths = {}
    for row in whole_rows(paused, pixels):
        # The size of the last trade covers part of a bar.
        for side in ("bid", "ask") if not row["last"] else ():
            inner = round(where[f"{side}X"])
            begin = inner - column if side == "bid" else inner
            bar = pixels[int(float(row["y"])), begin : begin + column]
            filled = np.flatnonzero(~is_near(bar[::-1] if side == "bid" else bar, ground, 8))
            length = int(filled.max()) + 1 if len(filled) else 0
            wanted = min(column, int(row[f"{side} size"] or 0) * where["lotPx"])
            lengths[row["price"], side] = (length, wanted)
    assert len({wanted for _, wanted in lengths.values()}) > 10
    wrong = {key: both for key, both in lengths.items() if abs(both[0] - both[1]) > 1}
    assert wrong == {}


def test_what_was_sold_and_bought_at_a_price_is_drawn_as_long_as_it_was(paused):
    pixels, where, ground = pixels_of(paused), places_of(paused), colour_of(paused, "panel")
    begin = round(where["volumeX"])
    colours = {
        name: 0.55 * colour_of(paused, f"{side}-soft") + 0.45 * ground
        for name, side in (("sold", "sell"), ("bought", "buy"))
    }
    lengths = {}
    for row in whole_rows(paused, pixels):
        # Above the figure that is written over the bar.
        bar = pixels[int(float(row["y"])) - 8, begin : begin + 40]
        for name, colour in colours.items():
            length = int(is_near(bar, colour).sum())
            lengths[row["price"], name] = (length, int(row[name] or 0) * where["tradedPx"])
    assert len({wanted for _, wanted in lengths.values()}) > 10
    # A pixel at each end may be covered in part.
    wrong = {key: both for key, both in lengths.items() if not -0.5 < both[1] - both[0] < 2}
    assert wrong == {}
