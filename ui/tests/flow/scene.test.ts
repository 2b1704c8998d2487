import { describe, expect, it } from "vitest";
import { FlowState } from "../../src/flow/flowState";
import { atNow, firstScale, keptFitting, rangeSeen } from "../../src/flow/following";
import {
  candlesSeen,
  lettersOf,
  roomFor,
  shortNumber,
  ticksPerRow,
} from "../../src/flow/scene/bars";
import { belowScene } from "../../src/flow/scene/below";
import { bubbleAt, bubblesScene, MOST_BUBBLES, radiusOf } from "../../src/flow/scene/bubbles";
import { frameFor } from "../../src/flow/scene/frame";
import { LABEL_HEIGHT, levelName, placeLabels } from "../../src/flow/scene/levels";
import { pricesScene } from "../../src/flow/scene/prices";
import { BAR_UNITS, BarPlaces, isByTime, TimeAxis } from "../../src/flow/scene/timeAxis";
import { DEFAULTS, type FlowSettings } from "../../src/flow/settings";
import type { SymbolMessage } from "../../src/flow/wire";
import type { View } from "../../src/heatmap/view";
import { bubble, day, footprint, ns, numbers, START_MS, SYMBOL, TICK } from "./messages";
import { axisOf, NOT_WIPED, type Scenes, scenesOf } from "./scenes";

const SIZE = { width: 1_000, height: 600 };

function stateOf(messages: readonly unknown[]): FlowState {
  const state = new FlowState(SYMBOL, TICK);
  for (const message of messages) state.apply(message as SymbolMessage);
  return state;
}

/** The newest time at the right edge, the prices of what is seen in sight. */
function fitted(state: FlowState, msPerPx: number, settings: FlowSettings): View {
  const frame = frameFor(SIZE, settings);
  let view: View = { endMs: state.nowMs ?? 0, msPerPx, topTick: 0, ticksPerPx: 1 };
  const range = rangeSeen(state, axisOf(state, view, frame));
  if (range !== null) view = keptFitting(view, frame.plot, range, true);
  return view;
}

function scenesAt(state: FlowState, msPerPx: number, change: Partial<FlowSettings> = {}): Scenes {
  const settings = { ...DEFAULTS, ...change };
  return scenesOf(state, fitted(state, msPerPx, settings), frameFor(SIZE, settings), settings);
}

const full = stateOf(day(400).past);

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

describe("bubbles", () => {
  const limits = { minSize: 0, most: MOST_BUBBLES, clearedMs: Number.NEGATIVE_INFINITY };
  const axis = new TimeAxis(fitted(full, 10_000, DEFAULTS), SIZE.width, null);

  it("have areas in the ratio of their sizes", () => {
    expect(radiusOf(40, 100, 30) / radiusOf(10, 100, 30)).toBeCloseTo(2);
  });

  it("come the largest first, so that small ones lie on top", () => {
    const { shapes } = bubblesScene(full, axis, SIZE, limits);
    const radii = shapes.map(({ radius }) => radius);
    expect(radii).toEqual([...radii].sort((a, b) => b - a));
    expect(shapes.length).toBeGreaterThan(500);
  });

  it("smaller than asked are left out", () => {
    const { shapes } = bubblesScene(full, axis, SIZE, { ...limits, minSize: 100 });
    expect(shapes.length).toBeGreaterThan(0);
    expect(shapes.every(({ item }) => item.size >= 100)).toBe(true);
  });

  it("of which there are too many leave the smallest out, and say so", () => {
    const { shapes, leastSize } = bubblesScene(full, axis, SIZE, { ...limits, most: 200 });
    expect(shapes.length).toBeLessThanOrEqual(200);
    expect(leastSize).toBeGreaterThan(0);
  });

  it("that were wiped off are gone", () => {
    const clearedMs = (full.nowMs ?? 0) - 60_000;
    const { shapes } = bubblesScene(full, axis, SIZE, { ...limits, clearedMs });
    expect(shapes.every(({ item }) => item.ms >= clearedMs)).toBe(true);
  });

  it("are found where they are: the smallest that holds the place", () => {
    const two = stateOf([bubble(START_MS, 6_000, 400, 0), bubble(START_MS, 6_000, 4, 0)]);
    const view = { endMs: START_MS + 5_000, msPerPx: 100, topTick: 24_010, ticksPerPx: 0.1 };
    const { shapes } = bubblesScene(two, new TimeAxis(view, 1_000, null), SIZE, limits);
    expect(bubbleAt(shapes, 950, 100)?.item.size).toBe(4);
    expect(bubbleAt(shapes, 965, 100)?.item.size).toBe(400);
    expect(bubbleAt(shapes, 100, 100)).toBeNull();
  });
});

describe("labels", () => {
  it("stand where they want where there is room", () => {
    expect(placeLabels([100, 200], 600)).toEqual([100, 200]);
  });

  it("never overlap, never leave the plot, and keep the order of what they name", () => {
    const random = numbers(9);
    for (let round = 0; round < 200; round += 1) {
      const wanted = Array.from({ length: Math.floor(random() * 20) }, () => random() * 300);
      const places = placeLabels(wanted, 300);
      const pairs = wanted
        .map((y, at) => [y, places[at] ?? 0] as const)
        .sort((a, b) => a[0] - b[0]);
      for (const [at, [, place]] of pairs.entries()) {
        expect(place).toBeGreaterThanOrEqual(LABEL_HEIGHT / 2 - 1e-6);
        expect(place).toBeLessThanOrEqual(300 - LABEL_HEIGHT / 2 + 1e-6);
        const before = pairs[at - 1];
        if (before !== undefined) {
          expect(place - before[1]).toBeGreaterThanOrEqual(LABEL_HEIGHT - 1e-6);
        }
      }
    }
  });

  it("go without where there is no room for all", () => {
    expect(
      placeLabels(Array(10).fill(20), 3 * LABEL_HEIGHT).filter((y) => y !== null),
    ).toHaveLength(3);
  });

  it("name the defended zones beside the levels, and none stands on another", () => {
    const view = fitted(full, 60_000, DEFAULTS);
    const frame = frameFor(SIZE, DEFAULTS);
    const { prices, edge } = scenesOf(full, view, frame, DEFAULTS);
    const { levels, zones } = prices;
    const { names } = edge;
    expect(zones.length).toBeGreaterThan(0);
    const shown = zones.filter(({ isNamed }) => isNamed);
    expect(shown.map(({ zone }) => zone.strength)).toEqual(["defended"]);
    expect(names.map(({ text }) => text)).toEqual([...levels.map(({ name }) => name), "ABS 360"]);
    const heights = names.map(({ labelY }) => labelY).sort((a, b) => a - b);
    for (const [at, y] of heights.slice(1).entries()) {
      expect(y - (heights[at] ?? 0)).toBeGreaterThanOrEqual(LABEL_HEIGHT - 1e-6);
    }
  });

  it("are short names that traders know", () => {
    expect(["pdh", "or15l", "vwap-2", "vah", "xyz"].map(levelName)).toEqual([
      "PDH",
      "OR15 L",
      "VWAP -2σ",
      "VAH",
      "XYZ",
    ]);
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

describe("the pane of the CVD", () => {
  it("keeps lows and highs where a pixel holds many points", () => {
    const { cvd, frame } = scenesAt(full, 30_000).below;
    const ys = cvd?.line?.ys ?? [];
    expect(ys.length).toBeLessThan(4 * frame.width + 8);
    expect(Math.min(...ys)).toBeCloseTo(frame.cvd.height * (0.1 / 1.2), 0);
    expect(Math.max(...ys)).toBeCloseTo(frame.cvd.height * (1.1 / 1.2), 0);
  });

  it("has a candle for each bar, each beginning where the last one ended", () => {
    const { below, prices } = scenesAt(full, 3_000, { cvd: "candles" });
    const candles = below.cvd?.candles ?? [];
    expect(candles.length).toBe(prices.bars.candles.length);
    for (let at = 1; at < candles.length; at += 1) {
      expect(candles[at]?.open).toBeCloseTo(candles[at - 1]?.close ?? Number.NaN);
    }
  });

  it("counts from where a person set it to nought", () => {
    const baselineMs = (full.nowMs ?? 0) - 600_000;
    const frame = frameFor(SIZE, DEFAULTS);
    const view = fitted(full, 3_000, DEFAULTS);
    const { below } = scenesOf(full, view, frame, DEFAULTS, { ...NOT_WIPED, baselineMs });
    expect(below.cvd?.scale.zero).toBe(full.cvd.standingAt(baselineMs, 0));
  });
});

describe("what is drawn beyond the edges", () => {
  const settings = { ...DEFAULTS, cvd: "candles" as const };
  const view = fitted(full, 3_000, settings);
  const frame = frameFor(SIZE, settings);
  const seen = axisOf(full, view, frame);
  const more = 250;
  const wide = new TimeAxis(
    { ...view, endMs: view.endMs - 100_000 + more * view.msPerPx },
    frame.plot.width + 2 * more,
    null,
  );
  const narrow = new TimeAxis({ ...view, endMs: view.endMs - 100_000 }, seen.width, null);

  it("leaves the scale of the CVD as what is seen has it", () => {
    const own = belowScene(full, narrow, narrow, frame, settings, NOT_WIPED);
    const more = belowScene(full, wide, narrow, frame, settings, NOT_WIPED);
    expect(more.cvd?.scale).toEqual(own.cvd?.scale);
    expect(more.cvd?.candles.length).toBeGreaterThan(own.cvd?.candles.length ?? 0);
  });

  it("shifts what is seen, and changes nothing of it", () => {
    const own = pricesScene(full, narrow, frame.plot, settings, NOT_WIPED);
    const size = { ...frame.plot, width: wide.width };
    const shifted = pricesScene(full, wide, size, settings, NOT_WIPED);
    const places = new Map(shifted.bars.candles.map(({ fromMs, x }) => [fromMs, x]));
    expect(own.bars.candles.length).toBeGreaterThan(10);
    for (const { fromMs, x } of own.bars.candles) {
      expect(places.get(fromMs)).toBeCloseTo(x + more);
    }
    expect(shifted.levels.map(({ name, y }) => [name, y])).toEqual(
      own.levels.map(({ name, y }) => [name, y]),
    );
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
