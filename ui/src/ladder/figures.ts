/** What the ladder says of its rows in figures, as texts: the drawing for who does not see it. */

import type { BookSideLetter } from "../book/wire";
import { formatSize } from "../market/prices";
import type { ColumnName } from "./columns";
import type { RowDepth } from "./rows";
import { depthOf, type LastTrade, lastRow, priceText, type Scene } from "./scene";

export interface Figure {
  /** Of the cell: its class. */
  name: string;
  title: string;
  /** The column in which it is drawn. */
  column: ColumnName;
  /** Empty where nothing is drawn. */
  text(scene: Scene, row: number): string;
}

/** From the left to the right, mirrored about the price. */
const FIGURES: readonly Figure[] = [
  traded("sold", "Sold"),
  traded("bought", "Bought"),
  traded("total", "Traded"),
  ...sideFigures("B").toReversed(),
  {
    name: "price",
    title: "Price",
    column: "price",
    text: (scene, row) => priceText(row * scene.step, scene.tick),
  },
  { name: "last", title: "Last trade", column: "price", text: lastText },
  ...sideFigures("A"),
];

/** Those that are drawn; sizes and counts always. */
export function figuresOf(scene: Scene): readonly Figure[] {
  const drawn = new Set(scene.columns.map(({ name }) => name));
  return FIGURES.filter(({ column }) => column === "count" || drawn.has(column));
}

/** Whether anything but a price is drawn in a row. */
export function saysAnything(scene: Scene, row: number): boolean {
  return (
    depthOf(scene, "B", row) !== undefined ||
    depthOf(scene, "A", row) !== undefined ||
    scene.volume.has(row) ||
    (scene.last !== null && lastRow(scene, scene.last) === row)
  );
}

function sideFigures(side: BookSideLetter): Figure[] {
  const name = side === "B" ? "bid" : "ask";
  const title = side === "B" ? "Bid" : "Ask";
  const figure = (of: Exclude<keyof RowDepth, "levels">, column: ColumnName, words: string) => ({
    name: `${name} ${of}`,
    title: `${title} ${words}`,
    column,
    text: (scene: Scene, row: number) => figureText(depthOf(scene, side, row)?.[of]),
  });
  return [
    figure("size", "size", "size"),
    figure("count", "count", "orders"),
    figure("added", "pulling", "added"),
    figure("cancelled", "pulling", "cancelled"),
    figure("cumulative", "cumulative", "total"),
  ];
}

function traded(of: "sold" | "bought" | "total", title: string): Figure {
  const text = (scene: Scene, row: number) => figureText(scene.volume.get(row)?.[of]);
  return { name: of, title, column: "volume", text };
}

function figureText(figure: number | undefined): string {
  return figure === undefined || figure === 0 ? "" : formatSize(figure);
}

const WHO: Record<string, string> = { B: " bought", A: " sold" };

function lastText(scene: Scene, row: number): string {
  const last: LastTrade | null = scene.last;
  if (last === null || lastRow(scene, last) !== row) return "";
  return `${formatSize(last.size)}${WHO[last.side] ?? ""}`;
}
