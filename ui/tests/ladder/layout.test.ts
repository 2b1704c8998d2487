import { describe, expect, it } from "vitest";
import { BookState } from "../../src/book/bookState";
import { decodeBook } from "../../src/book/decode";
import { orderId } from "../../src/book/orders";
import { columnsFor } from "../../src/ladder/columns";
import { placed } from "../../src/ladder/drawBars";
import { groupDepth } from "../../src/ladder/rows";
import { barOf, hit, type Scene } from "../../src/ladder/scene";
import { cutsOf, segmentAt, segmentOf } from "../../src/ladder/segments";
import { recentred, rowAtY, rowsSeen, type Viewport, yOfRow } from "../../src/ladder/viewport";
import { bookMessage } from "../book/messages";

const TICK = 250_000_000;
const VIEW: Viewport = { centre: 1_000, rowPx: 18, topPx: 20, heightPx: 700 };

describe("rows and pixels", () => {
  it("agree: the middle of a row is that row", () => {
    for (let row = 985; row < 1_016; row += 1) {
      expect(rowAtY(VIEW, yOfRow(VIEW, row) + VIEW.rowPx / 2)).toBe(row);
      expect(rowAtY(VIEW, yOfRow(VIEW, row) + 0.5)).toBe(row);
      expect(rowAtY(VIEW, yOfRow(VIEW, row) + VIEW.rowPx - 0.5)).toBe(row);
    }
  });

  it("fill the height with neighbours, the highest price on top", () => {
    const { highest, lowest } = rowsSeen(VIEW);
    expect(yOfRow(VIEW, highest)).toBeLessThanOrEqual(VIEW.topPx);
    expect(yOfRow(VIEW, lowest) + VIEW.rowPx).toBeGreaterThanOrEqual(VIEW.topPx + VIEW.heightPx);
    expect(yOfRow(VIEW, 1_000) - yOfRow(VIEW, 1_001)).toBe(18);
  });

  it("stay while the market moves near the middle, and go to it when it leaves", () => {
    expect(recentred(VIEW, 1_004)).toBe(1_000);
    expect(recentred(VIEW, 995.5)).toBe(1_000);
    expect(recentred(VIEW, 1_011.5)).toBe(1_012);
    expect(recentred(VIEW, 900)).toBe(900);
  });
});

describe("the columns", () => {
  it.each([280, 323, 390, 480, 640, 900])("fill %i pixels, mirrored about the price", (width) => {
    const columns = columnsFor(width, 50, true);
    let x = 0;
    for (const column of columns) {
      expect(column.x).toBe(x);
      x += column.width;
    }
    expect(x).toBeLessThanOrEqual(width);
    expect(x).toBeGreaterThan(width - 2);
    const of = (side: "B" | "A") => columns.filter((c) => c.side === side).map((c) => c.name);
    expect(of("B").reverse()).toEqual(of("A"));
    expect(of("A").slice(0, 2)).toEqual(["bar", "size"]);
  });

  it("show more the wider the panel is", () => {
    const names = (width: number) => new Set(columnsFor(width, 50, true).map((c) => c.name));
    expect([...names(340)]).toContain("volume");
    expect([...names(480)]).toContain("pulling");
    // The default layout of a page 1280 pixels wide, with prices like 24500.25.
    expect(columnsFor(511, 56, true).map((c) => c.name)).toContain("cumulative");
    expect(new Set(columnsFor(640, 50, false).map((c) => c.name))).not.toContain("pulling");
  });
});

function bookOfQueues(): BookState {
  const book = new BookState(1, 7);
  book.apply(
    decodeBook(
      bookMessage([
        {
          side: "B",
          price: 1_000 * TICK,
          orders: [
            { id: 11n, size: 4 },
            { id: 12n, size: 1 },
            { id: 13n, size: 5 },
          ],
        },
        { side: "B", price: 999 * TICK, orders: [{ id: 14n, size: 10 }] },
        { side: "A", price: 1_002 * TICK, orders: [{ id: 21n, size: 20 }] },
      ]),
    ),
  );
  return book;
}

function sceneOf(step: number): Scene {
  const book = bookOfQueues();
  const view = { ...VIEW, centre: (1_000 * TICK) / step };
  return {
    book,
    step,
    tick: TICK,
    depth: groupDepth(book, step),
    volume: new Map(),
    mostVolume: 1,
    columns: columnsFor(400, 50, true),
    view,
    scale: 20,
    last: null,
    followedId: null,
    hovered: null,
  };
}

describe("the orders of a row", () => {
  const idAt = (scene: Scene, x: number, row: number) => {
    const found = hit(scene, x, yOfRow(scene.view, row) + 9);
    return found === null ? null : orderId(found.segment.level.orders, found.segment.place);
  };

  it("lie in queue order from the price outwards", () => {
    const scene = sceneOf(TICK);
    const bid = barOf(scene.columns, "B");
    const ask = barOf(scene.columns, "A");
    if (bid === undefined || ask === undefined) throw new Error("no bars");
    const inner = bid.x + bid.width;
    const perLot = bid.width / scene.scale;
    expect(idAt(scene, inner - 0.5 * perLot, 1_000)).toBe(11n);
    expect(idAt(scene, inner - 4.5 * perLot, 1_000)).toBe(12n);
    expect(idAt(scene, inner - 9.5 * perLot, 1_000)).toBe(13n);
    expect(idAt(scene, inner - 10.5 * perLot, 1_000)).toBeNull();
    expect(idAt(scene, ask.x + 19 * perLot, 1_002)).toBe(21n);
    expect(idAt(scene, inner - 1, 1_002)).toBeNull();
    expect(hit(scene, inner + 5, yOfRow(scene.view, 1_000) + 9)).toBeNull();
  });

  it("follow those of a better price where several prices share a row", () => {
    const scene = sceneOf(10 * TICK);
    const row = scene.depth.bids.get(100);
    const lower = scene.depth.bids.get(99);
    expect(row?.levels.length).toBe(1);
    expect(lower?.levels.map((level) => level.price)).toEqual([999 * TICK]);
    const both = groupDepth(scene.book, 500 * TICK).bids;
    expect([...both.keys()]).toEqual([2, 1]);
  });

  it("are found by size and by id at the same place", () => {
    const row = sceneOf(TICK).depth.bids.get(1_000);
    if (row === undefined) throw new Error("no row");
    expect(segmentAt(row, 4)).toEqual(segmentOf(row, 12n));
    expect(segmentOf(row, 13n)).toMatchObject({ place: 2, from: 5, to: 10 });
    expect(segmentOf(row, 99n)).toBeNull();
  });

  it("are cut apart where there is room to see it", () => {
    const row = sceneOf(TICK).depth.bids.get(1_000);
    if (row === undefined) throw new Error("no row");
    expect(cutsOf(row, 10, 3)).toEqual([40, 50, 100]);
    expect(cutsOf(row, 1, 3)).toEqual([4, 10]);
    expect(cutsOf(row, 0.1, 3)).toEqual([]);
  });

  it("are marked within their column, however far out or thin they are", () => {
    const column = { name: "bar", side: "B", x: 100, width: 80 } as const;
    const [level] = bookOfQueues().bids;
    if (level === undefined) throw new Error("no level");
    const at = (from: number, to: number, side: "B" | "A") =>
      placed({ level, place: 0, from, to }, side, column, 100);
    expect(at(0, 10, "B")).toEqual({ x: 172, px: 8 });
    expect(at(0, 10, "A")).toEqual({ x: 100, px: 8 });
    expect(at(50, 50.1, "A")).toEqual({ x: 140, px: 3 });
    expect(at(400, 410, "B")).toEqual({ x: 100, px: 8 });
    expect(at(0, 500, "A")).toEqual({ x: 100, px: 80 });
  });
});
