/** Where a view goes that follows the market: pure. */

import type { BookState } from "../book/bookState";
import type { ColumnRing } from "./ring";
import { centre, type TickRange, type View, yOf } from "./view";

const FEWEST_TICKS = 24;
const TICKS_AROUND = 14;
/** The best prices stay within this share of the height: a view that moved with every tick could not be read. */
const CALM = 0.7;

/** The right edge by whole columns: between two of them nothing changes, and nothing is drawn. */
export function atNow(view: View, nowMs: number, everyMs: number): View {
  return { ...view, endMs: (Math.floor(nowMs / everyMs) + 1) * everyMs };
}

/** Best bid and ask in ticks, of the book or else of the newest column; null where there are none. */
export function bestOf(book: BookState | null, tick: number, ring: ColumnRing): TickRange | null {
  const newest = ring.get(ring.newest);
  const bid = book?.bids[0]?.price ?? (newest === null ? Number.NaN : newest.bid * tick);
  const ask = book?.asks[0]?.price ?? (newest === null ? Number.NaN : newest.ask * tick);
  const known = [bid, ask].filter((price) => !Number.isNaN(price)).map((price) => price / tick);
  return known.length === 0 ? null : { low: Math.min(...known), high: Math.max(...known) };
}

/** Lowest best bid and highest best ask since a time; a crossed book, as in an auction, tells nothing. */
export function rangeOf(ring: ColumnRing, fromMs: number, best: TickRange): TickRange {
  let { low, high } = best;
  for (let index = Math.floor(fromMs / ring.everyMs); index <= ring.newest; index += 1) {
    const column = ring.get(index);
    if (column === null || !(column.bid <= column.ask)) continue;
    low = Math.min(low, column.bid);
    high = Math.max(high, column.ask);
  }
  return { low, high };
}

/** What traded, and some of the book on both sides of it. */
export function widened({ low, high }: TickRange): TickRange {
  const middle = (low + high) / 2;
  const half = Math.max(FEWEST_TICKS / 2, (high - low) / 2 + TICKS_AROUND);
  return { low: middle - half, high: middle + half };
}

/** The view with the market in its middle, once that has come near an edge. */
export function keptCalm(view: View, height: number, best: TickRange): View {
  const middle = (best.low + best.high) / 2;
  const y = yOf(view, middle);
  const edge = ((1 - CALM) / 2) * height;
  return y < edge || y > height - edge ? centre(view, height, middle) : view;
}
