import { describe, expect, it } from "vitest";
import { atNow, keptCentred, keptFitting, rangeOf, spanning } from "../../src/heatmap/following";
import { DeadZone, wheelFactor } from "../../src/heatmap/gestures";
import { ColumnRing } from "../../src/heatmap/ring";
import { withLower, withUpper } from "../../src/heatmap/settings";
import { placesBetween, tickStep, timeStep } from "../../src/heatmap/ticks";
import {
  columnsPerDot,
  DOT_FLOATS,
  MOST_DOTS,
  radiusOf,
  TradeDots,
} from "../../src/heatmap/tradeDots";
import { type View, yOf } from "../../src/heatmap/view";
import { column } from "./columns";

const VIEW: View = { endMs: 10_000, msPerPx: 100, topTick: 150, ticksPerPx: 0.25 };
const HEIGHT = 400;

function ringOf(trades: [index: number, tick: number, bought: number, sold: number][]): ColumnRing {
  const ring = new ColumnRing(100, 128);
  for (const [index, tick, bought, sold] of trades) {
    ring.put(
      column(index, {
        trades: {
          ticks: Int32Array.of(tick),
          bought: Float32Array.of(bought),
          sold: Float32Array.of(sold),
          neither: Float32Array.of(0),
        },
      }),
    );
  }
  return ring;
}

describe("following the market", () => {
  it("moves by whole columns", () => {
    expect(atNow(VIEW, 12_340, 100).endMs).toBe(12_400);
    expect(atNow(VIEW, 12_399, 100).endMs).toBe(12_400);
  });

  it("stays calm until the market comes near an edge", () => {
    expect(keptCentred(VIEW, HEIGHT, { low: 110, high: 111 })).toBe(VIEW);
    const moved = keptCentred(VIEW, HEIGHT, { low: 145, high: 146 });
    expect(yOf(moved, 145.5)).toBeCloseTo(HEIGHT / 2);
    expect(moved.ticksPerPx).toBe(VIEW.ticksPerPx);
  });

  it("is fitted anew once what traded has outgrown it, or needs but a part of it", () => {
    const fitted = keptFitting(VIEW, HEIGHT, { low: 60, high: 140 });
    const top = yOf(fitted, 140);
    expect(top).toBeGreaterThan(0);
    expect(yOf(fitted, 60)).toBeLessThan(HEIGHT);
    expect(keptFitting(fitted, HEIGHT, { low: 61, high: 139 })).toBe(fitted);
    expect(keptFitting(fitted, HEIGHT, { low: 99, high: 101 }).ticksPerPx).toBeLessThan(
      fitted.ticksPerPx,
    );
  });

  it("knows the best prices of a stretch, without crossed books", () => {
    const ring = new ColumnRing(100, 64);
    ring.put(column(1, { bid: 90, ask: 91 }));
    ring.put(column(2, { bid: 120, ask: 80 }));
    ring.put(column(3, { bid: 100, ask: 104 }));
    expect(rangeOf(ring, 0, 1_000)).toEqual({ low: 90, high: 104 });
    expect(rangeOf(ring, 5_000, 9_000)).toBeNull();
    expect(spanning(null, { low: 1, high: 2 })).toEqual({ low: 1, high: 2 });
  });
});

describe("trades on the heatmap", () => {
  it("have circles whose area is their volume", () => {
    expect(radiusOf(50, 200) / radiusOf(200, 200)).toBeCloseTo(0.5);
    expect(radiusOf(1_000, 200)).toBe(radiusOf(200, 200));
  });

  it("share circles where columns are narrow, each aggressor one at the average price", () => {
    expect(columnsPerDot(20)).toBe(1);
    expect(columnsPerDot(1)).toBe(16);
    const ring = ringOf([
      [32, 100, 10, 0],
      [33, 104, 30, 5],
    ]);
    const dots = new TradeDots();
    dots.gather(ring, 30, 60, VIEW, { width: 100, height: HEIGHT });
    expect(dots.count).toBe(2);
    expect(dots.floats[1]).toBeCloseTo(yOf(VIEW, 103), 4);
    expect(dots.floats[3]).toBe(1);
    expect(dots.floats[DOT_FLOATS + 1]).toBeCloseTo(yOf(VIEW, 104), 4);
    expect(dots.floats[DOT_FLOATS + 3]).toBe(0);
  });

  it("stay where they are as time goes on", () => {
    const ring = ringOf([[32, 100, 10, 0]]);
    const places = [40, 47].map((end) => {
      const dots = new TradeDots();
      const view = { ...VIEW, endMs: end * 100 };
      dots.gather(ring, end - 20, end, view, { width: 100, height: HEIGHT });
      return (dots.floats[0] ?? 0) - 100 + (end * 100) / view.msPerPx;
    });
    expect(places[0]).toBeCloseTo(places[1] ?? 0, 6);
  });

  it("are no more than there is room for", () => {
    const ring = new ColumnRing(100, 8);
    const ticks = Int32Array.from({ length: 6_000 }, (_, i) => i);
    const volume = new Float32Array(6_000).fill(1);
    const trades = { ticks, bought: volume, sold: volume, neither: volume };
    ring.put(column(1, { trades }));
    const dots = new TradeDots();
    const wide = { ...VIEW, msPerPx: 2, ticksPerPx: 0.05 };
    dots.gather(ring, 0, 2, wide, { width: 100, height: HEIGHT });
    expect(dots.count).toBe(MOST_DOTS);
  });
});

describe("gestures", () => {
  it("leave a direction alone until it is meant", () => {
    const zone = new DeadZone();
    expect(zone.move(4, 1)).toEqual([0, 0]);
    expect(zone.move(4, 1)).toEqual([8, 0]);
    expect(zone.move(3, 1)).toEqual([3, 0]);
    expect(zone.move(0, 5)).toEqual([0, 8]);
  });

  it("zoom out with the wheel down, also where a browser turns it sideways", () => {
    expect(wheelFactor({ deltaX: 0, deltaY: 100, deltaMode: 0 })).toBeGreaterThan(1);
    expect(wheelFactor({ deltaX: -100, deltaY: 0, deltaMode: 0 })).toBeLessThan(1);
    expect(wheelFactor({ deltaX: 0, deltaY: 3, deltaMode: 1 })).toBeGreaterThan(1.1);
  });
});

describe("axes", () => {
  it("have round places that are far enough apart", () => {
    expect(timeStep(100)).toBe(10_000);
    expect(tickStep(0.1)).toBe(4);
    expect(placesBetween(3, 21, 5)).toEqual([5, 10, 15, 20]);
  });
});

describe("percentages of the colours", () => {
  it("keep the upper one above the lower one", () => {
    expect(withLower(99, 50)).toEqual({ lower: 98, upper: 99 });
    expect(withUpper(60, 40)).toEqual({ upper: 40, lower: 39 });
  });
});
