/** Where a view goes that follows the market: pure. */

import type { BookState } from "../book/bookState";
import type { ColumnRing } from "./ring";
import { centre, fitPrice, type TickRange, type View, yOf } from "./view";

const FEWEST_TICKS = 24;
const TICKS_AROUND = 14;
/** The best prices stay within this share of the height: a view that moved with every tick could not be read. */
const CALM = 0.7;
/** A view this many times taller than what traded needs is fitted anew. */
const ROOMY = 1.8;

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

/** Lowest best bid and highest best ask of a stretch; a crossed book, as in an auction, tells nothing. */
export function rangeOf(ring: ColumnRing, fromMs: number, toMs: number): TickRange | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const last = Math.min(ring.newest, Math.floor(toMs / ring.everyMs));
  for (let index = Math.floor(fromMs / ring.everyMs); index <= last; index += 1) {
    const column = ring.get(index);
    if (column === null || !(column.bid <= column.ask)) continue;
    low = Math.min(low, column.bid);
    high = Math.max(high, column.ask);
  }
  return low <= high ? { low, high } : null;
}

export function spanning(a: TickRange | null, b: TickRange | null): TickRange | null {
  if (a === null || b === null) return a ?? b;
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** What traded, and some of the book on both sides of it. */
function widened({ low, high }: TickRange): TickRange {
  const middle = (low + high) / 2;
  const half = Math.max(FEWEST_TICKS / 2, (high - low) / 2 + TICKS_AROUND);
  return { low: middle - half, high: middle + half };
}

/** The view with the market in its middle, once that has come near an edge: at the scale that a person chose. */
export function keptCentred(view: View, height: number, best: TickRange): View {
  const middle = (best.low + best.high) / 2;
  const y = yOf(view, middle);
  const edge = ((1 - CALM) / 2) * height;
  return y < edge || y > height - edge ? centre(view, height, middle) : view;
}

/** The view fitted to what traded, once that has outgrown it or shrunk to a part of it. */
export function keptFitting(view: View, height: number, traded: TickRange): View {
  const wanted = widened(traded);
  const fitted = fitPrice(view, height, wanted);
  const top = yOf(view, traded.high);
  const bottom = yOf(view, traded.low);
  const edge = 0.06 * height;
  const isOut = top < edge || bottom > height - edge;
  const isLost = fitted.ticksPerPx < view.ticksPerPx / ROOMY;
  return isOut || isLost ? fitted : view;
}
