/** Which prices the rows of the texture stand for: a window around what is seen, that moves when that leaves it. */

import type { Column } from "./column";

export interface RowWindow {
  /** Tick of the first row: a multiple of `group`. */
  firstTick: number;
  /** Ticks that one row stands for. */
  group: number;
  rows: number;
}

const GROUPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
/** What is seen takes at most this share of the rows, so that small moves need no new window. */
const MOST_SHARE = 0.6;

/** The window for what is seen: the one before while it serves. */
export function windowFor(
  before: RowWindow | null,
  low: number,
  high: number,
  ticksPerPx: number,
  rows: number,
): RowWindow {
  const ticks = high - low;
  const group =
    GROUPS.find((g) => g >= ticksPerPx * 0.99 && ticks / g <= rows * MOST_SHARE) ?? ticks / rows;
  const serves =
    before !== null &&
    before.group === group &&
    before.rows === rows &&
    low >= before.firstTick &&
    high < before.firstTick + rows * group;
  if (serves) return before;
  const middle = (low + high) / 2;
  return { firstTick: Math.floor((middle - (rows * group) / 2) / group) * group, group, rows };
}

/** Write a column's resting sizes, bid and ask apart, into one line of texels. */
export function fillRow(into: Float32Array, column: Column, window: RowWindow): void {
  into.fill(0);
  const { firstTick, group, rows } = window;
  const { ticks, sizes, bids } = column;
  for (let i = 0; i < ticks.length; i += 1) {
    const row = Math.floor(((ticks[i] ?? 0) - firstTick) / group);
    if (row < 0 || row >= rows) continue;
    const at = row * 2 + (i < bids ? 0 : 1);
    into[at] = (into[at] ?? 0) + (sizes[i] ?? 0);
  }
}
