import { describe, expect, it } from "vitest";
import type { BookEvent, Effect } from "../../src/book/eventRing";
import { effectWords, flagsOf, ordinal, priceText } from "../../src/inspector/words";

const TICK = 10_000_000n;

function event(action: string, effect: Partial<Effect>): BookEvent {
  return {
    position: 1,
    publisherId: 1,
    instrumentId: 1,
    tsEvent: 1n,
    tsRecv: 1n,
    tsInDelta: 0,
    orderId: 7n,
    price: 64_830_000_000,
    size: 3,
    flags: 128,
    channelId: 0,
    sequence: 1,
    action,
    side: "B",
    effect: {
      kind: "none",
      reason: 0,
      side: "B",
      oldSide: "B",
      price: 64_830_000_000,
      oldPrice: 64_830_000_000,
      size: 3,
      oldSize: 3,
      ...effect,
    },
  };
}

function words(action: string, effect: Partial<Effect>): string {
  return effectWords(event(action, effect), TICK);
}

describe("what a record did", () => {
  it("adds and takes away at a side and a price", () => {
    expect(words("A", { kind: "add" })).toBe("added 3 at bid 64.83");
    expect(words("C", { kind: "cancel", side: "A", size: 2 })).toBe("took away 2 at ask 64.83");
    expect(words("R", { kind: "clear" })).toBe("emptied the book");
  });

  it("says of a modify whether the order keeps its place", () => {
    expect(words("M", { kind: "modify", oldSize: 5 })).toBe("5 → 3 at 64.83: keeps its place");
    expect(words("M", { kind: "modify", oldSize: 1 })).toContain("back to the end of the queue");
    expect(words("M", { kind: "modify", oldPrice: 64_820_000_000 })).toBe(
      "moved 3 from 64.82 to 64.83: behind all who wait there",
    );
    expect(words("M", { kind: "modify" })).toBe("3 at 64.83, as before");
  });

  it("says why it did nothing", () => {
    expect(words("C", { reason: 2 })).toBe("no effect: unknown order, the book does not hold it");
    expect(words("T", { reason: 1 })).toContain("a trade");
    expect(words("F", { reason: 1 })).toContain("a fill");
    expect(words("A", { reason: 3 })).toContain("no book can take it");
  });
});

it("flags are named as DBN names them", () => {
  expect(flagsOf(128).map((flag) => flag.name)).toEqual(["LAST"]);
  expect(flagsOf(168).map((flag) => flag.name)).toEqual(["LAST", "SNAPSHOT", "BAD_TS_RECV"]);
  expect(flagsOf(0)).toEqual([]);
});

it("a place in a queue is told as people count", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 1_111].map(ordinal)).toEqual(
    "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 1,111th".split(" "),
  );
});

it("no price is no number", () => {
  expect(priceText(Number.NaN, TICK)).toBe("–");
  expect(priceText(-4_450_000_000, 50_000_000n)).toBe("-4.45");
});
