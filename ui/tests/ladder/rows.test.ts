import { describe, expect, it } from "vitest";
import { BookState } from "../../src/book/bookState";
import { decodeBook } from "../../src/book/decode";
import {
  fittingGroup,
  groupDepth,
  groupVolume,
  middleOf,
  roundUp,
  rowOf,
  steadyScale,
  usualSize,
} from "../../src/ladder/rows";
import { bookMessage, type LevelOf, numbersFrom, volumeMessage } from "../book/messages";

const TICK = 250_000_000;

function bookOf(levels: LevelOf[]): BookState {
  const book = new BookState(1, 7);
  book.apply(decodeBook(bookMessage(levels)));
  return book;
}

describe("rows of prices", () => {
  it("are whole ticks, above and below zero", () => {
    for (const ticks of [-150_520, -1, 0, 1, 26_597, 4_000_000]) {
      expect(rowOf(ticks * TICK, TICK, "B")).toBe(ticks);
      expect(rowOf(ticks * TICK, TICK, "A")).toBe(ticks);
    }
  });

  it("show no grouped price better than it is: bids go down, asks up", () => {
    expect(rowOf(103 * TICK, 5 * TICK, "B")).toBe(20);
    expect(rowOf(103 * TICK, 5 * TICK, "A")).toBe(21);
    expect(rowOf(-103 * TICK, 5 * TICK, "B")).toBe(-21);
    expect(rowOf(-103 * TICK, 5 * TICK, "A")).toBe(-20);
  });
});

describe("depth by row", () => {
  it.each([1, 2, 5, 10, 50])("of %i ticks holds every level once, nearest first", (group) => {
    const random = numbersFrom(group);
    const levels: LevelOf[] = [];
    for (const side of ["B", "A"] as const) {
      for (let away = 1; away < 60; away += 1) {
        if (random() < 0.3) continue;
        const price = (1_000 + (side === "B" ? -away : away)) * TICK;
        const figure = () => Math.floor(random() * 9) + 1;
        levels.push({
          side,
          price,
          size: figure(),
          count: figure(),
          added: figure(),
          cancelled: 1,
        });
      }
    }
    const grouped = groupDepth(bookOf(levels), group * TICK);
    for (const [side, rows] of [
      ["B", grouped.bids],
      ["A", grouped.asks],
    ] as const) {
      const wanted = levels.filter((level) => level.side === side);
      const shown = [...rows.values()];
      expect(shown.flatMap((row) => row.levels.map((l) => l.price))).toEqual(
        wanted.map((l) => l.price),
      );
      const sum = (of: "size" | "count" | "added" | "cancelled") => [
        shown.reduce((total, row) => total + row[of], 0),
        wanted.reduce((total, level) => total + (level[of] ?? 0), 0),
      ];
      for (const of of ["size", "count", "added", "cancelled"] as const) {
        expect(sum(of)[0]).toBe(sum(of)[1]);
      }
      let cumulative = 0;
      for (const row of shown) {
        cumulative += row.size;
        expect(row.cumulative).toBe(cumulative);
      }
    }
    expect(Number(grouped.bestBid)).toBeLessThan(Number(grouped.bestAsk));
    expect(middleOf(grouped)).toBeCloseTo(1_000 / group, -1);
  });

  it("of one side stands beside that side, and of none nowhere", () => {
    expect(middleOf(groupDepth(bookOf([]), TICK))).toBeNull();
    expect(middleOf(groupDepth(bookOf([{ side: "A", price: 8 * TICK, size: 1 }]), TICK))).toBe(8);
  });
});

describe("volume by row", () => {
  it("puts what was bought with the asks and what was sold with the bids", () => {
    const book = bookOf([]);
    book.apply(
      decodeBook(
        volumeMessage([
          { price: 101 * TICK, bought: 3, sold: 2, neither: 1 },
          { price: 105 * TICK, bought: 4 },
        ]),
      ),
    );
    const rows = groupVolume(book, 5 * TICK);
    expect(rows.get(20)).toEqual({ bought: 0, sold: 2, neither: 1, total: 3 });
    expect(rows.get(21)).toEqual({ bought: 7, sold: 0, neither: 0, total: 7 });
  });
});

describe("the scale of the bars", () => {
  it("is round, and never smaller than the largest bar", () => {
    expect([0, 1, 7, 13, 101, 499, 5_001].map(roundUp)).toEqual([1, 1, 8, 15, 120, 500, 6_000]);
  });

  it("suits most rows, and lets the few that are far larger be cut off", () => {
    expect(usualSize([])).toBe(1);
    expect(usualSize([7])).toBe(7);
    expect(usualSize([6, 24])).toBe(24);
    expect(usualSize([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 900])).toBe(12.5);
  });

  it("grows at once and shrinks late", () => {
    expect(steadyScale(100, 101)).toBe(120);
    expect(steadyScale(120, 90)).toBe(120);
    expect(steadyScale(120, 11)).toBe(12);
  });
});

describe("ticks of a row", () => {
  const wide = (ticks: number) =>
    bookOf([
      { side: "B", price: 1_000 * TICK, size: 1 },
      { side: "A", price: (1_000 + ticks) * TICK, size: 1 },
    ]);

  it("are one where the spread fits, and as many as it takes where it does not", () => {
    expect(fittingGroup(wide(1), TICK, 40, 1)).toBe(1);
    expect(fittingGroup(wide(60), TICK, 40, 1)).toBe(5);
    expect(fittingGroup(wide(100_000), TICK, 40, 1)).toBe(100);
  });

  it("stay while the market can be read with them", () => {
    expect(fittingGroup(wide(20), TICK, 40, 1)).toBe(1);
    expect(fittingGroup(wide(17), TICK, 40, 2)).toBe(2);
    expect(fittingGroup(wide(1), TICK, 40, 100)).toBe(1);
  });
});
