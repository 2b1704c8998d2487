import { describe, expect, it } from "vitest";
import type { BookState } from "../../src/book/bookState";
import type { BookLevel } from "../../src/book/wire";
import type { PageColours } from "../../src/drawing/colours";
import { LadderChanges } from "../../src/ladder/changes";
import { type ColumnName, columnsFor } from "../../src/ladder/columns";
import { draw } from "../../src/ladder/draw";
import { figuresOf, saysAnything } from "../../src/ladder/figures";
import { groupDepth } from "../../src/ladder/rows";
import type { LastTrade, Scene } from "../../src/ladder/scene";
import { yOfRow } from "../../src/ladder/viewport";

/** Every colour is its own name. */
const COLOURS = new Proxy({} as PageColours, { get: (_all, name) => String(name) });
const WIDTH = 700;
const SCALE = 40;
const MOST_VOLUME = 38;

interface Drawn {
  colour: string;
  x: number;
  y: number;
}
interface Bar extends Drawn {
  width: number;
  height: number;
}
interface Text extends Drawn {
  text: string;
}

/** A canvas that writes down what is filled on it. */
function paper() {
  const bars: Bar[] = [];
  const texts: Text[] = [];
  const pen = {
    fillStyle: "",
    fillRect: (x: number, y: number, width: number, height: number) =>
      bars.push({ colour: pen.fillStyle, x, y, width, height }),
    fillText: (text: string, x: number, y: number) =>
      texts.push({ colour: pen.fillStyle, text, x, y }),
    measureText: () => ({ width: 12 }),
  };
  const context = new Proxy(pen, {
    get: (kept, name) => kept[name as keyof typeof pen] ?? (() => {}),
  });
  return { context: context as unknown as CanvasRenderingContext2D, bars, texts };
}

function level(price: number, size: number, added = 0, cancelled = 0): BookLevel {
  return { price, size, count: 1, added, cancelled, orders: new Uint32Array(6) };
}

function scene(last: LastTrade | null = null): Scene {
  const bids = [level(99, 10, 4), level(98, 20), level(96, 80, 0, 7)];
  const asks = [level(101, 5), level(102, 30, 1_200, 15)];
  const book = { bids, asks } as unknown as BookState;
  return {
    book,
    step: 1,
    tick: 1,
    depth: groupDepth(book, 1),
    volume: new Map([
      [99, { bought: 10, sold: 20, neither: 0, total: 30 }],
      [100, { bought: 6, sold: 0, neither: 3, total: 9 }],
    ]),
    mostVolume: MOST_VOLUME,
    columns: columnsFor(WIDTH, 40, true),
    view: { centre: 100, rowPx: 20, topPx: 20, heightPx: 220 },
    scale: SCALE,
    last,
    followedId: null,
    hovered: null,
  };
}

function drawn(shown: Scene) {
  const { context, bars, texts } = paper();
  draw(context, shown, COLOURS, WIDTH, new LadderChanges().next(shown, COLOURS));
  const columnOf = (name: ColumnName, side: "B" | "A" | null) => {
    const found = shown.columns.find((column) => column.name === name && column.side === side);
    if (found === undefined) throw new Error(`no column of ${name}`);
    return found;
  };
  const isIn = (row: number, y: number) => {
    const top = yOfRow(shown.view, row);
    return y >= top && y < top + shown.view.rowPx;
  };
  return {
    columnOf,
    /** What is written in a column of a row. */
    textsIn: (name: ColumnName, side: "B" | "A" | null, row: number) => {
      const { x, width } = columnOf(name, side);
      return texts
        .filter((one) => isIn(row, one.y) && one.x > x && one.x <= x + width)
        .map((one) => one.text);
    },
    /** What is filled within a column of a row, but for its ground. */
    barsIn: (name: ColumnName, side: "B" | "A" | null, row: number) => {
      const { x, width } = columnOf(name, side);
      return bars.filter(
        (bar) => isIn(row, bar.y) && bar.width > 1 && bar.x >= x && bar.x + bar.width <= x + width,
      );
    },
    textsOf: (row: number) => texts.filter((one) => isIn(row, one.y)),
  };
}

describe("what is drawn of a row", () => {
  it("is a bar as long as its size, from the price outwards, and no longer than its column", () => {
    const { barsIn, columnOf } = drawn(scene());
    const [bid, ask] = [columnOf("bar", "B"), columnOf("bar", "A")];
    const inner = bid.x + bid.width;
    for (const [row, share, colour] of [
      [99, 10 / SCALE, "buy"],
      [98, 20 / SCALE, "buySoft"],
      [96, 1, "buySoft"],
    ] as const) {
      const [bar, ...more] = barsIn("bar", "B", row);
      expect(bar).toMatchObject({ colour, x: inner - share * bid.width });
      expect(bar?.width).toBeCloseTo(share * bid.width);
      expect(more).toEqual([]);
    }
    const [best, second] = [101, 102].map((row) => barsIn("bar", "A", row)[0]);
    expect(best).toMatchObject({ colour: "sell", x: ask.x, width: ask.width / 8 });
    expect(second).toMatchObject({ colour: "sellSoft", x: ask.x, width: 0.75 * ask.width });
  });

  it("is the size from the best price to there", () => {
    const { textsIn } = drawn(scene());
    const sums = (side: "B" | "A", rows: number[]) =>
      rows.map((row) => textsIn("cumulative", side, row));
    expect(sums("B", [99, 98, 97, 96])).toEqual([["10"], ["30"], [], ["110"]]);
    expect(sums("A", [101, 102, 103])).toEqual([["5"], ["35"], []]);
  });

  it("is what was added and cancelled there, and nothing where nothing was", () => {
    const { textsIn } = drawn(scene());
    expect(textsIn("pulling", "B", 99)).toEqual(["+4"]);
    expect(textsIn("pulling", "B", 98)).toEqual([]);
    expect(textsIn("pulling", "B", 96)).toEqual(["−7"]);
    expect(textsIn("pulling", "A", 102)).toEqual(["+1k", "−15"]);
  });

  it("is the volume that traded there: sold, bought and neither one after the other", () => {
    const { textsIn, barsIn, columnOf } = drawn(scene());
    const { x, width } = columnOf("volume", null);
    expect(width - 2, "a pixel for each contract").toBe(MOST_VOLUME);
    const parts = (row: number) =>
      barsIn("volume", null, row).map((bar) => [bar.colour, bar.x, bar.width]);
    expect(parts(99)).toEqual([
      ["sellSoft", x, 20],
      ["buySoft", x + 20, 10],
    ]);
    expect(parts(100)).toEqual([
      ["buySoft", x, 6],
      ["border", x + 6, 3],
    ]);
    expect(parts(98)).toEqual([]);
    expect(textsIn("volume", null, 99)).toEqual(["30"]);
    expect(textsIn("volume", null, 98)).toEqual([]);
  });

  it.each([
    ["B", 101, "buy"],
    ["A", 99, "sell"],
    ["N", 100, "dim"],
  ])(
    "is the mark of the last trade (%s): its price filled, its size beside it",
    (side, price, colour) => {
      const { barsIn, textsOf, columnOf } = drawn(scene({ price, size: 17, side }));
      const { x, width } = columnOf("price", null);
      const fills = (row: number) => barsIn("price", null, row).map((bar) => bar.colour);
      expect(fills(price)).toContain(colour);
      expect(barsIn("price", null, price).at(-1)).toMatchObject({ x, width });
      expect(fills(price - 3)).not.toContain(colour);
      const beside = textsOf(price).filter(({ text }) => text === "17");
      expect(beside).toHaveLength(1);
      expect((beside[0]?.x ?? 0) > x).toBe(side === "A");
    },
  );
});

describe("what is said of a row", () => {
  const said = (shown: Scene, row: number) =>
    Object.fromEntries(
      figuresOf(shown)
        .map(({ name, text }) => [name, text(shown, row)])
        .filter(([, text]) => text !== ""),
    );

  it("is every figure that is drawn there", () => {
    const shown = scene({ price: 99, size: 1_017, side: "A" });
    expect(said(shown, 99)).toEqual({
      sold: "20",
      bought: "10",
      total: "30",
      "bid cumulative": "10",
      "bid added": "4",
      "bid count": "1",
      "bid size": "10",
      price: "0.000000099",
      last: "1,017 sold",
    });
    expect(said(shown, 102)).toMatchObject({ "ask added": "1,200", "ask cancelled": "15" });
    expect(said(shown, 102)).toMatchObject({ "ask size": "30", "ask cumulative": "35" });
  });

  it("is nothing where only a price is drawn, and something where something traded", () => {
    expect([97, 99, 100, 101, 105].map((row) => saysAnything(scene(), row))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    const traded = scene({ price: 105, size: 1, side: "N" });
    expect(saysAnything(traded, 105)).toBe(true);
    expect(said(traded, 105)).toEqual({ price: "0.000000105", last: "1" });
  });

  it("is no more than has room in the drawing", () => {
    const names = (width: number) =>
      figuresOf({ ...scene(), columns: columnsFor(width, 40, true) }).map(({ name }) => name);
    expect(names(230)).toEqual(["bid count", "bid size", "price", "last", "ask size", "ask count"]);
    expect(names(700)).toHaveLength(15);
  });
});
