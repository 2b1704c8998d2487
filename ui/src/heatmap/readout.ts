/** What rests at the crosshair. */

import type { BookState } from "../book/bookState";
import { isGap } from "./column";
import type { Span } from "./coverage";
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

/** What is known of the time that is looked at. */
export interface Known {
  nowMs: number | null;
  isKnown(ms: number): boolean;
  gaps: readonly Span[];
}

/** Resting size of a price at a time. */
export function depthAt(ring: ColumnRing, ms: number, tick: number, known: Known): Found {
  const { nowMs, gaps } = known;
  const index = Math.floor(ms / ring.everyMs);
  if (nowMs === null || index * ring.everyMs > nowMs) return { resting: null, note: "" };
  const column = ring.atOrBefore(index, ring.capacity);
  const isInGap = gaps.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);
  if (isInGap || (column !== null && isGap(column))) {
    return { resting: null, note: "records missing" };
  }
  if (column === null || (column.index !== index && !known.isKnown(ms))) {
    return { resting: null, note: "no data" };
  }
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
