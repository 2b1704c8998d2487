import { expect, it, vi } from "vitest";

vi.stubGlobal("window", { location: { href: "http://localhost/" } });
const { candlesFor, openRange } = await import("../../src/stores/history");
const { liveSchemas } = await import("../../src/stores/session");

const NOW = 1758742200000000000n;

it("a range left open ends now, by the market's clock, and lasts a quarter of an hour", () => {
  expect(openRange("", " ", NOW)).toEqual({
    start: "2025-09-24T19:15:00Z",
    end: "2025-09-24T19:30:00Z",
  });
  expect(openRange("", "2025-09-24T10:00:00Z", NOW).start).toBe("2025-09-24T09:45:00Z");
});

it("what a person typed is sent as it is: the server judges it", () => {
  expect(openRange("yesterday", "tomorrow", NOW)).toEqual({ start: "yesterday", end: "tomorrow" });
});

it("asks only for what the source's depth can give", () => {
  expect(liveSchemas("L3")).toContain("mbp-10");
  expect(liveSchemas("trades")).not.toContain("mbp-10");
  expect(liveSchemas("bars")).toEqual(["ohlcv-1s", "ohlcv-1m", "ohlcv-1h"]);
});

it("draws candles beside rows that are none, longer ones for a longer range", () => {
  const over = (start: string, end: string) => candlesFor({ start, end }, "trades");
  expect(over("2025-09-24T10:00:00Z", "2025-09-24T10:20:00Z")).toBe("ohlcv-1s");
  expect(over("2025-09-24T10:00:00Z", "2025-09-24T20:00:00Z")).toBe("ohlcv-1m");
  expect(over("2025-09-01T10:00:00Z", "2025-09-24T20:00:00Z")).toBe("ohlcv-1h");
  expect(over("yesterday", "today")).toBeNull();
  const day = { start: "2025-09-24T00:00:00Z", end: "2025-09-25T00:00:00Z" };
  expect(candlesFor(day, "ohlcv-1m")).toBeNull();
});
