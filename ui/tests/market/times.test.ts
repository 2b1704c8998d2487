import { describe, expect, it } from "vitest";
import {
  formatClock,
  formatDateTime,
  formatRfc3339,
  formatSpan,
  parseTime,
  toSeconds,
} from "../../src/market/times";

const T = 1758742200123456789n;

describe("times are read without losing a nanosecond", () => {
  it.each([
    ["1758742200123456789", T],
    ["2025-09-24T19:30:00.123456789Z", T],
    ["2025-09-24T21:30:00.123456789+02:00", T],
    ["2025-09-24T19:30Z", 1758742200000000000n],
    ["1969-12-31T23:59:59Z", -1000000000n],
  ])("%s", (text, ns) => {
    expect(parseTime(text)).toBe(ns);
  });

  it.each(["", "yesterday", "2025-09-24", "2025-13-44T00:00:00Z", "19:30"])(
    "%s is no time",
    (text) => {
      expect(parseTime(text)).toBeNull();
    },
  );
});

it("a time prints in UTC to the decimals asked", () => {
  expect(formatClock(T, "utc")).toBe("19:30:00.123");
  expect(formatClock(T, "utc", 9)).toBe("19:30:00.123456789");
  expect(formatDateTime(T, "utc")).toBe("2025-09-24 19:30:00");
});

it("local time is UTC shifted by the place's offset", () => {
  const offset = BigInt(new Date(Number(T / 1_000_000n)).getTimezoneOffset()) * 60_000_000_000n;
  expect(formatClock(T, "local")).toBe(formatClock(T - offset, "utc"));
});

it("RFC 3339 goes there and back", () => {
  expect(formatRfc3339(T)).toBe("2025-09-24T19:30:00.123456789Z");
  expect(parseTime(formatRfc3339(T))).toBe(T);
  expect(formatRfc3339(1758742200000000000n)).toBe("2025-09-24T19:30:00Z");
});

it("spans and seconds", () => {
  expect([0, 59, 60, 3723, -5].map(formatSpan)).toEqual([
    "0:00",
    "0:59",
    "1:00",
    "1:02:03",
    "0:00",
  ]);
  expect(toSeconds(T)).toBe(1758742200);
});
