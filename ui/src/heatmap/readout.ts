/** What rests at the crosshair. */

import type { BookState } from "../book/bookState";
import { isGap } from "./column";
import type { ColumnRing } from "./ring";

export interface Resting {
  bid: number;
  ask: number;
}

export interface Found {
  /** Null where nothing is known. */
  resting: Resting | null;
  /** Why nothing is known; empty in the future. */
  note: string;
}

/** Resting size of a price in the column at a time; `carry` columns back at most. */
export function depthAt(
  ring: ColumnRing,
  ms: number,
  tick: number,
  { nowMs, carry }: { nowMs: number | null; carry: number },
): Found {
  const index = Math.floor(ms / ring.everyMs);
  if (nowMs === null || index * ring.everyMs > nowMs) return { resting: null, note: "" };
  const column = ring.atOrBefore(index, carry);
  if (column === null) return { resting: null, note: "no data" };
  if (isGap(column)) return { resting: null, note: "records missing" };
  const resting = { bid: 0, ask: 0 };
  for (let i = 0; i < column.ticks.length; i += 1) {
    if (column.ticks[i] !== tick) continue;
    resting[i < column.bids ? "bid" : "ask"] += column.sizes[i] ?? 0;
  }
  return { resting, note: "" };
}

/** Resting size of a price now. */
export function depthNow(book: BookState | null, price: number): Found {
  if (book === null) return { resting: null, note: "no book" };
  const bid = book.levelAt("B", price)?.size ?? 0;
  return { resting: { bid, ask: book.levelAt("A", price)?.size ?? 0 }, note: "" };
}
