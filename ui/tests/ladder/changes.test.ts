import { describe, expect, it } from "vitest";
import type { BookState } from "../../src/book/bookState";
import type { BookLevel } from "../../src/book/wire";
import { LadderChanges } from "../../src/ladder/changes";
import { columnsFor } from "../../src/ladder/columns";
import { groupDepth, type RowVolume } from "../../src/ladder/rows";
import type { Scene } from "../../src/ladder/scene";

const COLOURS = {};

function level(price: number, size: number): BookLevel {
  return { price, size, count: 1, added: 0, cancelled: 0, orders: new Uint32Array() };
}

function scene(bids: BookLevel[], asks: BookLevel[], changed: Partial<Scene> = {}): Scene {
  const book = { bids, asks } as unknown as BookState;
  return {
    book,
    step: 1,
    tick: 1,
    depth: groupDepth(book, 1),
    volume: new Map<number, RowVolume>(),
    mostVolume: 10,
    columns: columnsFor(500, 40, true),
    view: { centre: 100, rowPx: 20, topPx: 20, heightPx: 220 },
    scale: 100,
    last: null,
    followedId: null,
    hovered: null,
    ...changed,
  };
}

const BIDS = [level(99, 5), level(98, 7), level(97, 9)];
const ASKS = [level(101, 4), level(102, 6)];

function drawn(first: Scene, ...later: Scene[]) {
  const changes = new LadderChanges();
  changes.next(first, COLOURS);
  return later.map((one) => changes.next(one, COLOURS)).at(-1);
}

describe("what changed of the ladder", () => {
  it("is everything at first, with other colours, columns or rows, and nothing the second time", () => {
    const changes = new LadderChanges();
    const first = changes.next(scene(BIDS, ASKS), COLOURS);
    expect(first.isAll).toBe(true);
    expect(first.rows).toEqual([106, 105, 104, 103, 102, 101, 100, 99, 98, 97, 96, 95]);
    const none = { isAll: false, rows: [], cumulative: { B: [], A: [] } };
    expect(changes.next(scene(BIDS, ASKS), COLOURS)).toEqual(none);
    expect(changes.next(scene(BIDS, ASKS), {}).isAll).toBe(true);
    const view = { centre: 101, rowPx: 20, topPx: 20, heightPx: 220 };
    expect(drawn(scene(BIDS, ASKS), scene(BIDS, ASKS, { view }))?.isAll).toBe(true);
    changes.clear();
    expect(changes.next(scene(BIDS, ASKS), {}).isAll).toBe(true);
  });

  it("of a level is its row, and of the rows behind it only their cumulative depth", () => {
    const other = [level(99, 5), level(98, 8), level(97, 9)];
    expect(drawn(scene(BIDS, ASKS), scene(other, ASKS))).toEqual({
      isAll: false,
      rows: [98],
      cumulative: { B: [97], A: [] },
    });
  });

  it("of a best price that moved is every row whose colour, ground or line it tells", () => {
    const found = drawn(scene(BIDS, ASKS), scene(BIDS, [level(102, 6)]));
    expect(found?.rows).toEqual([103, 102, 101, 100]);
  });

  it("of a trade is its row, and the one of the trade before", () => {
    const at = (price: number) => ({ last: { price, size: 1, side: "B" } });
    const found = drawn(scene(BIDS, ASKS, at(101)), scene(BIDS, ASKS, at(102)));
    expect(found?.rows).toEqual([102, 101]);
  });

  it("is everything while an order is marked, and once more after it", () => {
    const marked = scene(BIDS, ASKS, { followedId: 7n });
    expect(drawn(scene(BIDS, ASKS), marked)?.isAll).toBe(true);
    expect(drawn(scene(BIDS, ASKS), marked, scene(BIDS, ASKS))?.isAll).toBe(true);
    expect(drawn(scene(BIDS, ASKS), marked, scene(BIDS, ASKS), scene(BIDS, ASKS))?.isAll).toBe(
      false,
    );
  });
});
