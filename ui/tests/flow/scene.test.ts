import { describe, expect, it } from "vitest";
import { atNow, firstScale } from "../../src/flow/following";
import {
  candlesSeen,
  lettersOf,
  roomFor,
  shortNumber,
  ticksPerRow,
} from "../../src/flow/scene/bars";
import { frameFor } from "../../src/flow/scene/frame";
import { BAR_UNITS, BarPlaces, isByTime, TimeAxis } from "../../src/flow/scene/timeAxis";
import { DEFAULTS } from "../../src/flow/settings";
import { day, footprint, ns, START_MS, SYMBOL, TICK } from "./messages";
import { fitted, full, SIZE, scenesAt, scenesOf, stateOf } from "./scenes";

describe("the detail of footprint bars", () => {
  it("is numbers where they can be read, then shapes, then candles", () => {
    const details = [600, 1_500, 3_000, 10_000].map(
      (msPerPx) => scenesAt(full, msPerPx, { bars: "footprint" }).prices.bars.detail,
    );
    expect(details).toEqual(["cells", "profile", "profile", "candles"]);
  });

  it("never writes smaller than can be read, nor larger than its row and column", () => {
    for (const cells of ["bidask", "delta", "volume"] as const) {
      for (let barPx = 10; barPx < 200; barPx += 7) {
        for (const rowPx of [0.3, 1, 4, 11, 30]) {
          const letters = lettersOf(cells, 1_234);
          const room = roomFor(barPx, rowPx, cells, letters);
          if (room.detail !== "cells") continue;
          expect(room.font).toBeGreaterThanOrEqual(7.5);
          expect(room.font).toBeLessThanOrEqual(rowPx * room.ticksPerRow);
          expect(room.font * 0.6 * letters).toBeLessThanOrEqual(barPx);
        }
      }
    }
  });

  it("puts ticks together where rows would be too low, and gives up where even that is not enough", () => {
    expect([
      ticksPerRow(20, 10),
      ticksPerRow(6, 10),
      ticksPerRow(0.5, 10),
      ticksPerRow(0.1, 10),
    ]).toEqual([1, 2, 20, null]);
  });

  it("shares out no volume: the rows of a bar hold what traded in it", () => {
    const { footprints } = scenesAt(full, 600, { bars: "footprint" }).prices.bars;
    expect(footprints.length).toBeGreaterThan(3);
    for (const { rows, candle } of footprints) {
      const volume = rows.reduce((sum, row) => sum + row.volume, 0);
      expect(volume).toBe(candle.volume);
    }
  });

  it("boxes stacked imbalances from the lowest to the highest of them", () => {
    const levels = [0, 1, 2, 3].map((i) => ({
      price: 6_000 + i * TICK,
      bid: 1,
      ask: 30,
      unsided: 0,
    }));
    const stacked = [{ priceLow: 6_000.25, priceHigh: 6_000.75, side: "buy" as const, levels: 3 }];
    const state = stateOf([
      footprint(START_MS, levels, { stacked }),
      footprint(START_MS + 60_000, levels),
    ]);
    const settings = { ...DEFAULTS, bars: "footprint" as const };
    const view = { endMs: START_MS + 120_000, msPerPx: 600, topTick: 24_010, ticksPerPx: 1 / 20 };
    const { bars } = scenesOf(state, view, frameFor(SIZE, settings), settings).prices;
    const box = bars.footprints[0]?.stacked[0];
    expect(bars.ticksPerRow).toBe(1);
    expect([box?.top, box?.bottom]).toEqual([(10 - 3.5) * 20, (10 - 0.5) * 20]);
    expect(bars.footprints[0]?.rows.map((row) => row.isBuyImbalance)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it("merges bars narrower than a line into their neighbours, and loses no volume", () => {
    const view = fitted(full, 60_000, DEFAULTS);
    const candles = candlesSeen(full, new TimeAxis(view, 1_000, null));
    expect(candles.length).toBe(full.bars.items.length / 2);
    const volume = (of: readonly { volume: number }[]) =>
      of.reduce((sum, one) => sum + one.volume, 0);
    expect(volume(candles)).toBe(volume(full.bars.items));
  });
});

describe("the footer", () => {
  it("tells volume, delta and the session's CVD at the end of each bar", () => {
    const { below, prices } = scenesAt(full, 600, { bars: "footprint" });
    const { footer } = below;
    expect(footer?.isWritten).toBe(true);
    const cells = footer?.cells ?? [];
    for (let at = 1; at < cells.length; at += 1) {
      const grown = (cells[at]?.cumulative ?? 0) - (cells[at - 1]?.cumulative ?? 0);
      expect(grown).toBe(prices.bars.candles[at]?.delta);
    }
  });

  it("is not there for candles", () => {
    expect(scenesAt(full, 600).below.footer).toBeNull();
  });
});

describe("signs of signals", () => {
  it("of one place and kind are one sign that counts them, below where they are bullish", () => {
    const signal = (second: number, kind: string, direction: string) => ({
      type: "Signal",
      symbol: SYMBOL,
      id: `${kind} ${second}`,
      ts_ns: ns((full.nowMs ?? 0) - 60_000 + second * 1_000),
      signal_type: kind,
      direction,
      price: (full.lastTick ?? 0) * TICK,
    });
    const state = stateOf([
      ...day(400).past.filter(({ type }) => type !== "Signal"),
      signal(0, "absorption", "bullish"),
      signal(1, "absorption", "bullish"),
      signal(2, "confluence", "bullish"),
      signal(3, "divergence", "bearish"),
      signal(4, "sweep", "bearish"),
    ]);
    const { marks, lastY } = scenesAt(state, 6_000).prices;
    const told = marks.map(({ mark, count, y }) => [mark.kind, count, y > (lastY ?? 0)]);
    expect(told).toEqual([
      ["confluence", 1, true],
      ["absorption", 2, true],
      ["divergence", 1, false],
    ]);
    const [first, second] = marks;
    expect(Math.abs((first?.y ?? 0) - (second?.y ?? 0))).toBeGreaterThan(13);
  });
});

describe("an axis of bars that are not of time", () => {
  const bars = [0, 7_000, 8_000, 200_000].map((ms) =>
    footprint(START_MS + ms, [{ price: 6_000, bid: 1, ask: 1, unsided: 0 }], {
      id: `${ms}`,
      every: "500t",
    }),
  );
  const state = stateOf(bars);
  state.tell(ns(START_MS + 260_000));

  it("is used for those alone", () => {
    expect(["1m", "15s", "1h", "", "500t", "8r", "1000v", "500d"].map(isByTime)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("makes all of them as wide, and runs in time within each", () => {
    const places = new BarPlaces(state.bars, START_MS + 260_000);
    const at = (ms: number) => places.placeOf(START_MS + ms) / BAR_UNITS;
    expect([at(0), at(3_500), at(7_000), at(8_000), at(104_000)]).toEqual([0, 0.5, 1, 2, 2.5]);
  });

  it("finds the time of a place again", () => {
    const places = new BarPlaces(state.bars, START_MS + 260_000);
    for (const ms of [-5_000, 0, 3_500, 7_999, 100_000, 259_000]) {
      expect(places.msAt(places.placeOf(START_MS + ms))).toBeCloseTo(START_MS + ms, 0);
    }
  });
});

describe("the view", () => {
  it("moves on by whole pixels only", () => {
    const view = { endMs: 28_000, msPerPx: 1_000, topTick: 0, ticksPerPx: 1 };
    expect(atNow(view, 400)).toBe(view);
    expect(atNow(view, 700).endMs).toBe(28_700);
  });

  it("leaves room for the names of levels right of the newest time, no more than a fifth", () => {
    const view = { endMs: 0, msPerPx: 1, topTick: 0, ticksPerPx: 1 };
    const room = (width: number) => atNow(view, 1_000, width).endMs - 1_000;
    expect([100, 270, 460, 1_200].map(room)).toEqual([28, 54, 68, 68]);
  });

  it("shows wider bars where numbers stand in them", () => {
    expect(firstScale("1m", true)).toBeLessThan(firstScale("1m", false) / 5);
    expect(firstScale("500t", false)).toBe(firstScale("1m", false));
  });

  it("fits what traded into the plot", () => {
    const { bars, size, view } = scenesAt(full, 10_000).prices;
    for (const { high, low } of bars.candles) {
      expect((view.topTick - high) / view.ticksPerPx).toBeGreaterThanOrEqual(0);
      expect((view.topTick - low) / view.ticksPerPx).toBeLessThanOrEqual(size.height);
    }
  });
});

describe("room", () => {
  it("is shared out without gaps, on a phone too", () => {
    for (const width of [390, 1_280]) {
      const frame = frameFor({ width, height: 700 }, { ...DEFAULTS, bars: "footprint" });
      expect(frame.plot.width + frame.profile + frame.axis).toBe(width);
      expect(frame.plot.height + frame.footer.height).toBe(frame.cvd.top);
      expect(frame.cvd.top + frame.cvd.height).toBe(frame.clock.top);
      expect(frame.clock.top + frame.clock.height).toBe(700);
    }
  });
});

describe("numbers in cells", () => {
  it("are short", () => {
    expect([7, 9_999, 12_345, 123_456, 12_345_678, -15_000].map(shortNumber)).toEqual([
      "7",
      "9999",
      "12.3k",
      "123k",
      "12.3M",
      "-15.0k",
    ]);
  });
});
