import { describe, expect, it } from "vitest";
import { BookState } from "../../src/book/bookState";
import { decodeBook } from "../../src/book/decode";
import { inSight, movedBy, NOTHING_SEEN, type TreeRow, treeRows } from "../../src/tree/treeRows";
import { bookMessage } from "../book/messages";

function bookOf(publisherId: number): BookState {
  const book = new BookState(publisherId, 7);
  book.apply(
    decodeBook(
      bookMessage([
        {
          side: "B",
          price: 100,
          orders: [
            { id: 1n, size: 4 },
            { id: 2n, size: 3 },
          ],
        },
        { side: "B", price: 99, orders: [{ id: 3n, size: 1 }] },
        { side: "A", price: 102, size: 9, count: 2 },
      ]),
    ),
  );
  return book;
}

const rows = (toggled: string[] = [], books = [bookOf(1)]) =>
  treeRows({ symbol: "ESZ5", books }, new Set(toggled));
const keysOf = (found: TreeRow[]) => found.map((row) => row.key);

describe("the book tree", () => {
  it("opens down to the levels, the asks above the bids, each from the best price on", () => {
    expect(keysOf(rows())).toEqual([
      "ESZ5",
      "ESZ5/1",
      "ESZ5/1/A",
      "ESZ5/1/A/102",
      "ESZ5/1/B",
      "ESZ5/1/B/100",
      "ESZ5/1/B/99",
    ]);
  });

  it("shows the orders of a level that is opened, in queue order", () => {
    const orders = rows(["ESZ5/1/B/100"]).filter((row) => row.kind === "order");
    expect(orders).toMatchObject([
      { id: 1n, place: 0, size: 4, ahead: 0, depth: 4, isOpen: null },
      { id: 2n, place: 1, size: 3, ahead: 4 },
    ]);
  });

  it("hides what is below a row that is closed, and keeps what was open there", () => {
    expect(keysOf(rows(["ESZ5/1/B", "ESZ5/1/B/100"])).at(-1)).toBe("ESZ5/1/B");
    expect(keysOf(rows(["ESZ5"]))).toEqual(["ESZ5"]);
  });

  it("cannot open a level whose orders the source does not tell", () => {
    const level = rows().find((row) => row.key === "ESZ5/1/A/102");
    expect(level?.isOpen).toBeNull();
  });

  it("sums each side", () => {
    expect(rows().find((row) => row.key === "ESZ5/1/B")).toMatchObject({
      levels: 2,
      orders: 3,
      size: 8,
    });
  });

  it("has a branch for each publisher", () => {
    const publishers = rows([], [bookOf(1), bookOf(43)]).filter((row) => row.kind === "publisher");
    expect(keysOf(publishers)).toEqual(["ESZ5/1", "ESZ5/43"]);
  });
});

describe("what is in sight of the tree", () => {
  const named = (...keys: string[]) => keys.map((key) => ({ key }) as TreeRow);
  const seen = inSight(named("a", "b", "c", "d"), 1);

  it("has not moved where nothing above it came or went", () => {
    expect(movedBy(seen, named("a", "b", "x", "c"))).toBe(0);
    expect(movedBy(NOTHING_SEEN, named("a"))).toBe(0);
  });

  it("moves with what comes and goes above", () => {
    expect(movedBy(seen, named("a", "x", "y", "b", "c"))).toBe(2);
    expect(movedBy(seen, named("b", "c"))).toBe(-1);
  });

  it("is found by the next row where its first one is gone", () => {
    expect(movedBy(seen, named("a", "x", "c", "d"))).toBe(0);
    expect(movedBy(seen, named("c", "d"))).toBe(-2);
    expect(movedBy(seen, named("x", "y"))).toBe(0);
  });
});
