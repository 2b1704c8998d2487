/** What a picture of the ladder is made of: read once, drawn, and asked for what lies under the pointer. */

import type { BookState } from "../book/bookState";
import type { BookSideLetter } from "../book/wire";
import { formatPrice } from "../market/prices";
import { type Column, columnAt } from "./columns";
import { type Grouped, type RowDepth, type RowVolume, rowOf } from "./rows";
import { type Segment, segmentAt } from "./segments";
import { rowAtY, type Viewport } from "./viewport";

export interface LastTrade {
  price: number;
  size: number;
  side: string;
}

export interface Scene {
  book: BookState;
  step: number;
  tick: number;
  depth: Grouped;
  volume: Map<number, RowVolume>;
  /** Volume that fills its column. */
  mostVolume: number;
  columns: readonly Column[];
  view: Viewport;
  /** Size that fills a bar. */
  scale: number;
  last: LastTrade | null;
  followedId: bigint | null;
  hovered: Hovered | null;
}

/** An order under the pointer. */
export interface Hovered {
  orderId: bigint;
  side: BookSideLetter;
  row: number;
}

/** The row in which the last trade stands. */
export function lastRow(scene: Scene, { price, side }: LastTrade): number {
  return rowOf(price, scene.step, side === "B" ? "A" : "B");
}

export function depthOf(scene: Scene, side: BookSideLetter, row: number): RowDepth | undefined {
  return (side === "B" ? scene.depth.bids : scene.depth.asks).get(row);
}

export function barOf(columns: readonly Column[], side: BookSideLetter): Column | undefined {
  return columns.find((column) => column.name === "bar" && column.side === side);
}

/** The order drawn at a place of the canvas. */
export function hit(
  scene: Scene,
  x: number,
  y: number,
): { side: BookSideLetter; row: number; segment: Segment } | null {
  const column = columnAt(scene.columns, x);
  if (column?.name !== "bar" || column.side === null || y < scene.view.topPx) return null;
  const row = rowAtY(scene.view, y);
  const depth = depthOf(scene, column.side, row);
  if (depth === undefined) return null;
  const away = column.side === "B" ? column.x + column.width - x : x - column.x;
  const segment = segmentAt(depth, (away / column.width) * scene.scale);
  return segment === null ? null : { side: column.side, row, segment };
}

const TEXTS = new Map<string, string>();
const MOST_TEXTS = 8_000;

/** A price in units of 1e-9 with the decimals of its tick; remembered, since rows repeat from frame to frame. */
export function priceText(price: number, tick: number): string {
  const key = `${price} ${tick}`;
  let text = TEXTS.get(key);
  if (text === undefined) {
    if (TEXTS.size >= MOST_TEXTS) TEXTS.clear();
    text = formatPrice(BigInt(price), BigInt(tick));
    TEXTS.set(key, text);
  }
  return text;
}

/** 950, 2k, 120k: where three figures must do. */
export function briefSize(size: number): string {
  if (size < 1_000) return String(size);
  return size < 1_000_000 ? `${Math.round(size / 1_000)}k` : `${Math.round(size / 1_000_000)}M`;
}

/** 950, 9.9k, 120k, 3.4M: at most five characters. */
export function shortSize(size: number): string {
  if (size < 10_000) return String(size);
  const [value, unit] = size < 1_000_000 ? [size / 1_000, "k"] : [size / 1_000_000, "M"];
  if (value >= 1_000) return `${Math.round(value / 1_000)}G`;
  return `${value < 100 ? value.toFixed(1) : Math.round(value)}${unit}`;
}
