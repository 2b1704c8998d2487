import { describe, expect, it } from "vitest";
import { BarSeries } from "../../src/market/barSeries";
import {
  type Bar,
  deltaOf,
  emptySlots,
  INTERVALS,
  joinHistory,
  mergeBars,
} from "../../src/market/bars";

function bar(startS: number, close = 10n, more: Partial<Bar> = {}): Bar {
  const prices = { open: close, high: close + 2n, low: close - 2n, close };
  return { startS, ...prices, volume: 5, buyVolume: 3, sellVolume: 2, trades: 4, ...more };
}

describe("merging bars", () => {
  it("opens with the first, closes with the last, and sums between", () => {
    const merged = mergeBars([bar(60, 10n), bar(61, 15n), bar(64, 5n)], 5);
    expect(merged).toEqual([
      {
        startS: 60,
        open: 10n,
        high: 17n,
        low: 3n,
        close: 5n,
        volume: 15,
        buyVolume: 9,
        sellVolume: 6,
        trades: 12,
      },
    ]);
  });

  it("cuts where the interval's multiples lie, not where the first bar is", () => {
    expect(mergeBars([bar(4), bar(5), bar(9), bar(10)], 5).map((b) => b.startS)).toEqual([
      0, 5, 10,
    ]);
  });

  it("changes nothing at the bars' own interval, and leaves its input alone", () => {
    const bars = [bar(1), bar(2)];
    expect(mergeBars(bars, 1)).toEqual(bars);
    mergeBars(bars, 60);
    expect(bars[0]).toEqual(bar(1));
  });

  it("gives the same whether merged at once or by way of a shorter interval", () => {
    const bars = Array.from({ length: 500 }, (_, i) => bar(i * 3, BigInt((i * 7919) % 101)));
    expect(mergeBars(mergeBars(bars, 5), 15)).toEqual(mergeBars(bars, 15));
  });

  it("does not invent an aggressor's volume where one part is not known", () => {
    const [merged] = mergeBars([bar(0), bar(1, 10n, { buyVolume: null })], 5);
    expect(merged?.buyVolume).toBeNull();
    expect(merged === undefined ? undefined : deltaOf(merged)).toBeNull();
  });
});

it("every interval is a multiple of the bars it is merged from", () => {
  const lengths = { "ohlcv-1s": 1, "ohlcv-1m": 60, "ohlcv-1h": 3600, "ohlcv-1d": 86400 };
  for (const { everyS, from } of INTERVALS) expect(everyS % lengths[from]).toBe(0);
});

it("a gap in time leaves empty places, not too many", () => {
  expect(emptySlots(0, 20, 5)).toEqual([5, 10, 15]);
  expect(emptySlots(0, 5, 5)).toEqual([]);
  expect(emptySlots(0, 1_000_000, 5, 3)).toEqual([5, 10, 15]);
});

it("fetched bars lie under the live ones and never over them", () => {
  const history = [bar(1, 1n), bar(2, 1n), bar(3, 1n)];
  const live = [bar(3, 9n), bar(4, 9n)];
  const closes = (from?: number) =>
    joinHistory(history, live, from).map((b) => [b.startS, b.close]);
  expect(closes()).toEqual([
    [1, 1n],
    [2, 1n],
    [3, 9n],
    [4, 9n],
  ]);
  expect(closes(2)).toEqual([
    [2, 1n],
    [3, 9n],
    [4, 9n],
  ]);
  expect(closes(4)).toEqual([[4, 9n]]);
  expect(joinHistory(history, [])).toEqual(history);
  const around = joinHistory([bar(1), bar(2), bar(3), bar(5)], [bar(2, 9n), bar(4, 9n)]);
  expect(around.map((b) => b.startS)).toEqual([1, 2, 3, 4, 5]);
  expect(around[1]?.close).toBe(9n);
});

describe("a series of bars", () => {
  it("updates the newest, appends the next, and keeps its epoch", () => {
    const series = new BarSeries();
    for (const b of [bar(1), bar(1, 20n), bar(2)]) series.put(b);
    expect(series.bars.map((b) => [b.startS, b.close])).toEqual([
      [1, 20n],
      [2, 10n],
    ]);
    expect(series.epoch).toBe(0);
  });

  it("puts an older bar in its place and says that it must be drawn anew", () => {
    const series = new BarSeries();
    for (const b of [bar(1), bar(3), bar(2), bar(1, 30n)]) series.put(b);
    expect(series.bars.map((b) => [b.startS, b.close])).toEqual([
      [1, 30n],
      [2, 10n],
      [3, 10n],
    ]);
    expect(series.epoch).toBe(2);
  });

  it("stays bounded", () => {
    const series = new BarSeries(100);
    for (let i = 0; i < 1000; i += 1) series.put(bar(i));
    expect(series.bars.length).toBeLessThanOrEqual(120);
    expect(series.bars.at(-1)?.startS).toBe(999);
  });
});
