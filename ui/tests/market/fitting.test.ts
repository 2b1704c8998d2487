import { describe, expect, it } from "vitest";
import type { Bar, BarSchema } from "../../src/market/bars";
import { fittingInterval } from "../../src/market/fitting";

function everySeconds(every: number, count: number): Bar[] {
  return Array.from({ length: count }, (_, i) => ({
    startS: i * every,
    open: 1n,
    high: 1n,
    low: 1n,
    close: 1n,
    volume: 1,
    buyVolume: null,
    sellVolume: null,
    trades: null,
  }));
}

function fitting(bars: Partial<Record<BarSchema, Bar[]>>): string | null {
  return fittingInterval((schema) => bars[schema] ?? []);
}

describe("the interval that fits", () => {
  it("is none before anything traded", () => expect(fitting({})).toBeNull());

  it("is a second where something trades in most seconds", () =>
    expect(fitting({ "ohlcv-1s": everySeconds(1, 300) })).toBe("1s"));

  it("is longer the rarer the trades", () => {
    const minutes = everySeconds(60, 10);
    expect(fitting({ "ohlcv-1s": everySeconds(4, 100), "ohlcv-1m": minutes })).toBe("5s");
    expect(fitting({ "ohlcv-1s": everySeconds(14, 100), "ohlcv-1m": minutes })).toBe("15s");
    expect(fitting({ "ohlcv-1s": everySeconds(50, 100), "ohlcv-1m": minutes })).toBe("1m");
  });

  it("is that of the bars where a source has only those", () => {
    expect(fitting({ "ohlcv-1m": everySeconds(60, 30) })).toBe("1m");
    expect(fitting({ "ohlcv-1d": everySeconds(86_400, 3) })).toBe("1d");
  });

  it("looks at the recent past: a market that wakes up is seen", () => {
    const asleep = everySeconds(60, 100);
    const awake = everySeconds(1, 200).map((bar) => ({ ...bar, startS: 6_000 + bar.startS }));
    expect(fitting({ "ohlcv-1s": [...asleep, ...awake] })).toBe("1s");
  });
});
