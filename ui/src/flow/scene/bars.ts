/** The bars that are seen: which, where, and in how much detail there is room for. */

import { type Size, tickAt, type View, yOf } from "../../heatmap/view";
import type { BarLevel, FlowBar } from "../bar";
import type { FlowState } from "../flowState";
import type { Cells, FlowSettings } from "../settings";
import type { TimeAxis } from "./timeAxis";

/** A bar, or neighbours that share a place where bars would be narrower than a line. */
export interface Candle {
  x: number;
  width: number;
  fromMs: number;
  toMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  delta: number;
  /** The last of those that share it. */
  bar: FlowBar;
}

export type Detail = "candles" | "profile" | "cells";

export interface CellRow {
  y: number;
  bid: number;
  ask: number;
  volume: number;
  isBuyImbalance: boolean;
  isSellImbalance: boolean;
  isPoc: boolean;
}

export interface Footprint {
  candle: Candle;
  /** Where its cells begin and how wide they are. */
  x: number;
  width: number;
  rows: CellRow[];
  /** Volume of its largest row. */
  most: number;
  stacked: { top: number; bottom: number; side: "buy" | "sell" }[];
}

export interface BarsScene {
  detail: Detail;
  cells: Cells;
  candles: Candle[];
  footprints: Footprint[];
  /** Of the cells, in pixels; 0 where nothing is written. */
  font: number;
  rowHeight: number;
  /** Ticks that share a row. */
  ticksPerRow: number;
}

const NARROWEST_PX = 2.5;
const NARROWEST_PROFILE_PX = 14;
const LOWEST_ROW_PX = 10.5;
const LOWEST_PROFILE_ROW_PX = 2.5;
const SMALLEST_FONT = 7.5;
const LARGEST_FONT = 12;
/** Width of a letter of the fixed-width type, in parts of its size. */
const LETTER = 0.61;
const CANDLE_PX = 5;
const ROW_STEPS = [1, 2, 4, 5, 10, 20, 40, 50, 100, 200, 400, 500, 1_000];
const MOST_TICKS_PER_ROW = 50;

export function candlesSeen(state: Pick<FlowState, "bars">, axis: TimeAxis): Candle[] {
  const { bars } = state;
  const first = Math.max(0, bars.from(axis.fromMs) - 1);
  const end = bars.from(axis.toMs);
  const candles: Candle[] = [];
  let shared: Candle | null = null;
  for (let at = first; at < end; at += 1) {
    const bar = bars.items[at];
    if (bar === undefined) continue;
    const x = axis.x(bar.ms);
    const next = bars.items[at + 1]?.ms;
    const isOpenEnded = axis.places !== null;
    const right = isOpenEnded && next !== undefined ? axis.x(next) : axis.x(bar.endMs);
    if (shared !== null && right - shared.x < NARROWEST_PX) {
      widen(shared, bar, right);
      continue;
    }
    const toMs = next !== undefined && isOpenEnded ? next : bar.endMs;
    shared = { x, width: Math.max(1, right - x), fromMs: bar.ms, toMs, ...valuesOf(bar), bar };
    candles.push(shared);
  }
  return candles;
}

function valuesOf({ open, high, low, close, volume, delta }: FlowBar) {
  return { open, high, low, close, volume, delta };
}

/** Whether any of it is looked at. */
export function isSeen(
  { fromMs, toMs }: Pick<Candle, "fromMs" | "toMs">,
  seen: Pick<TimeAxis, "fromMs" | "toMs">,
): boolean {
  return fromMs < seen.toMs && toMs > seen.fromMs;
}

function widen(candle: Candle, bar: FlowBar, right: number): void {
  candle.width = right - candle.x;
  candle.toMs = bar.endMs;
  candle.high = Math.max(candle.high, bar.high);
  candle.low = Math.min(candle.low, bar.low);
  candle.close = bar.close;
  candle.volume += bar.volume;
  candle.delta += bar.delta;
  candle.bar = bar;
}

/** The fewest ticks a row that make it as high as asked; null where even the most do not. */
export function ticksPerRow(rowPx: number, leastPx: number): number | null {
  return ROW_STEPS.find((step) => step * rowPx >= leastPx && step <= MOST_TICKS_PER_ROW) ?? null;
}

/** A number as short as a cell needs it: `987`, `12.3k`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size < 10_000) return `${Math.round(value)}`;
  if (size < 99_950) return `${(value / 1_000).toFixed(1)}k`;
  return size < 9_999_500 ? `${Math.round(value / 1_000)}k` : `${(value / 1_000_000).toFixed(1)}M`;
}

/** Letters that the widest cell of these modes holds. */
export function lettersOf(cells: Cells, most: number): number {
  const one = shortNumber(most).length;
  if (cells === "bidask") return 2 * one + 2;
  return cells === "profile" ? 0 : one + (cells === "delta" ? 1 : 0);
}

interface Room {
  detail: Detail;
  font: number;
  ticksPerRow: number;
}

/** What there is room for: the type shrinks to fit, and where it cannot be read the shape alone is drawn. */
export function roomFor(barPx: number, rowPx: number, cells: Cells, letters: number): Room {
  const inner = barPx - CANDLE_PX - 7;
  const written = ticksPerRow(rowPx, LOWEST_ROW_PX);
  if (written !== null && cells !== "profile") {
    const byWidth = inner / (letters * LETTER);
    const font = Math.min(LARGEST_FONT, written * rowPx - 1.5, byWidth);
    if (font >= SMALLEST_FONT) return { detail: "cells", font, ticksPerRow: written };
  }
  const shaped = ticksPerRow(rowPx, LOWEST_PROFILE_ROW_PX);
  if (shaped !== null && barPx >= NARROWEST_PROFILE_PX) {
    return { detail: "profile", font: 0, ticksPerRow: shaped };
  }
  return { detail: "candles", font: 0, ticksPerRow: 1 };
}

/** Levels put together, those that are seen. */
export function rowsOf(
  bar: FlowBar,
  group: number,
  view: View,
  size: Size,
): { rows: CellRow[]; most: number } {
  const [low, high] = [tickAt(view, size.height) - group, view.topTick + group];
  const rows: CellRow[] = [];
  let most = 0;
  let index = Number.NaN;
  let row: CellRow | null = null;
  for (const level of bar.levels) {
    const at = Math.floor(level.tick / group);
    if (row === null || at !== index) {
      index = at;
      const y = yOf(view, at * group + (group - 1) / 2);
      row = emptyRow(y);
      if (level.tick >= low && level.tick <= high) rows.push(row);
    }
    add(row, level, bar);
    most = Math.max(most, row.volume);
  }
  return { rows, most };
}

function emptyRow(y: number): CellRow {
  return {
    y,
    bid: 0,
    ask: 0,
    volume: 0,
    isBuyImbalance: false,
    isSellImbalance: false,
    isPoc: false,
  };
}

function add(row: CellRow, level: BarLevel, bar: FlowBar): void {
  row.bid += level.bid;
  row.ask += level.ask;
  row.volume += level.bid + level.ask + level.unsided;
  row.isBuyImbalance ||= bar.buyImbalances.has(level.tick);
  row.isSellImbalance ||= bar.sellImbalances.has(level.tick);
  row.isPoc ||= level.tick === bar.poc;
}

function footprintOf(candle: Candle, group: number, view: View, size: Size): Footprint {
  const { bar } = candle;
  const { rows, most } = rowsOf(bar, group, view, size);
  const half = 0.5 / view.ticksPerPx;
  const top = (tick: number) => yOf(view, Math.floor(tick / group) * group + group - 1) - half;
  const bottom = (tick: number) => yOf(view, Math.floor(tick / group) * group) + half;
  return {
    candle,
    x: candle.x + CANDLE_PX + 4,
    width: candle.width - CANDLE_PX - 6,
    rows,
    most,
    stacked: bar.stacked.map(({ low, high, side }) => ({
      top: top(high),
      bottom: bottom(low),
      side,
    })),
  };
}

export function barsScene(
  state: Pick<FlowState, "bars">,
  { axis, seen }: { axis: TimeAxis; seen: TimeAxis },
  size: Size,
  settings: Pick<FlowSettings, "bars" | "cells">,
): BarsScene {
  const { view } = axis;
  const { cells } = settings;
  const candles = candlesSeen(state, axis);
  const rowPx = 1 / view.ticksPerPx;
  const plain = { detail: "candles" as const, cells, candles, footprints: [], font: 0 };
  const inSight = candles.filter((candle) => isSeen(candle, seen));
  const narrowest = inSight.reduce(
    (least, c) => Math.min(least, c.width),
    Number.POSITIVE_INFINITY,
  );
  if (settings.bars === "candles" || narrowest < NARROWEST_PROFILE_PX || inSight.length === 0) {
    return { ...plain, rowHeight: rowPx, ticksPerRow: 1 };
  }
  const largest = largestCell(inSight, cells, ticksPerRow(rowPx, LOWEST_ROW_PX) ?? 1);
  const room = roomFor(narrowest, rowPx, cells, lettersOf(cells, largest));
  const { detail, font } = room;
  if (detail === "candles") return { ...plain, rowHeight: rowPx, ticksPerRow: 1 };
  return {
    detail,
    cells,
    candles,
    footprints: candles.map((candle) => footprintOf(candle, room.ticksPerRow, view, size)),
    font,
    rowHeight: rowPx * room.ticksPerRow,
    ticksPerRow: room.ticksPerRow,
  };
}

/** Largest number that a cell may hold; prices that share a row add up. */
function largestCell(candles: readonly Candle[], cells: Cells, group: number): number {
  let most = 1;
  for (const { bar } of candles) {
    for (const { bid, ask, unsided } of bar.levels) {
      const value = cells === "volume" ? bid + ask + unsided : Math.max(bid, ask);
      if (value > most) most = value;
    }
  }
  return most * Math.min(group, 4);
}
