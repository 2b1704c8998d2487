import { describe, expect, it } from "vitest";
import { bucketsOf } from "../../src/signals/buckets";
import { NO_FILTERS, passes, queryOf } from "../../src/signals/filters";
import { kindName } from "../../src/signals/kinds";
import { decodeSignal, decodeStats } from "../../src/signals/signal";
import { formatPoints, moveText, rateTone } from "../../src/signals/words";
import { row } from "./rows";

const HOUR = 3_600_000_000_000n;

describe("filters", () => {
  const signal = decodeSignal(row(1, { outcome_1m: "win", strength: "strong" }));

  it("let through what fits all of them", () => {
    expect(passes(signal, NO_FILTERS)).toBe(true);
    expect(passes(signal, { ...NO_FILTERS, kind: "absorption", outcome: "win" })).toBe(true);
    expect(passes(signal, { ...NO_FILTERS, kind: "sweep" })).toBe(false);
    expect(passes(signal, { ...NO_FILTERS, direction: "bearish" })).toBe(false);
    expect(passes(signal, { ...NO_FILTERS, symbol: "NQZ5" })).toBe(false);
  });

  it("take a strength as the least", () => {
    const at = (strength: "medium" | "strong" | "defended") =>
      passes(signal, { ...NO_FILTERS, strength });
    expect([at("medium"), at("strong"), at("defended")]).toEqual([true, true, false]);
  });

  it("call a signal without an outcome pending", () => {
    const open = decodeSignal(row(1));
    expect(passes(open, { ...NO_FILTERS, outcome: "pending" })).toBe(true);
    expect(passes(signal, { ...NO_FILTERS, outcome: "pending" })).toBe(false);
  });

  it("ask the server for what is set alone, a day as a day and a time in full", () => {
    expect(queryOf(NO_FILTERS).toString()).toBe("");
    const range = { start: "2025-11-24", end: "2025-11-24 14:30" };
    expect(Object.fromEntries(queryOf({ ...NO_FILTERS, kind: "sweep" }, range))).toEqual({
      signal_type: "sweep",
      start_date: "2025-11-24",
      end_date: "2025-11-24T14:30:00Z",
    });
  });
});

describe("words", () => {
  it("write a price as it is", () => {
    expect([6650.25, 6650, 0.5, -2.25, 1.0600001].map((price) => formatPoints(price))).toEqual([
      "6650.25",
      "6650",
      "0.50",
      "-2.25",
      "1.0600001",
    ]);
  });

  it("write a price with the decimals of its tick, and more where it has more", () => {
    expect([6650, 6650.5, 6650.125].map((price) => formatPoints(price, 2))).toEqual([
      "6650.00",
      "6650.50",
      "6650.125",
    ]);
    expect(formatPoints(6650, 0)).toBe("6650");
  });

  it("tell a move in the direction of its signal", () => {
    const after = { price_after_1m: 6648, outcome_1m: "win" };
    expect(moveText(decodeSignal(row(1, { ...after, direction: "bearish" })))).toBe("+2.25");
    expect(moveText(decodeSignal(row(1, { ...after, outcome_1m: "loss" })))).toBe("-2.25");
    expect(moveText(decodeSignal(row(1)))).toBe("");
  });

  it("judge a rate", () => {
    expect([61, 60, 50, 49.9, null].map(rateTone)).toEqual([
      "good",
      "good",
      "fair",
      "poor",
      "none",
    ]);
  });

  it("name a kind that this page does not know by its own word", () => {
    expect([kindName("delta_flip"), kindName("of_tomorrow")]).toEqual([
      "Delta flip",
      "of tomorrow",
    ]);
  });
});

describe("stretches of time", () => {
  it("are hours for up to three days, then days, twelve at most", () => {
    const hours = bucketsOf(5n * HOUR + 1n, 7n * HOUR);
    expect(hours.map(({ fromNs }) => fromNs / HOUR)).toEqual([5n, 6n, 7n]);
    expect(hours[0]?.toNs).toBe(6n * HOUR - 1n);
    expect(bucketsOf(0n, 40n * HOUR).length).toBe(12);
    const days = bucketsOf(0n, 24n * 30n * HOUR);
    expect(days.every(({ isDay }) => isDay)).toBe(true);
    expect(days.length).toBe(12);
    expect(days.at(-1)?.fromNs).toBe(24n * 30n * HOUR);
  });
});

it("statistics are read by kind and by direction", () => {
  const tally = { count: 3, wins: 1, losses: 1, breakeven: 0, win_rate: 50 };
  const told = {
    total_signals: 3,
    by_type: { sweep: tally },
    by_direction: { bullish: tally, bearish: { ...tally, win_rate: null } },
  };
  const stats = decodeStats(told);
  expect(stats.byKind).toEqual([
    { kind: "sweep", tally: { count: 3, wins: 1, losses: 1, breakeven: 0, winRate: 50 } },
  ]);
  expect(stats.byDirection.map(({ tally: { winRate } }) => winRate)).toEqual([50, null]);
});
