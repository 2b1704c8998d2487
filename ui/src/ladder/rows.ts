/** Rows of the ladder: one for each step of the price, the highest on top. A row is price divided by step. */

import type { BookState } from "../book/bookState";
import type { BookLevel, BookSideLetter } from "../book/wire";

/** Ticks that one row may hold. */
export const GROUPS: readonly number[] = [1, 2, 5, 10, 20, 50, 100];

/**
 * Row of a price: bids fall to the row below, asks rise to the one above, so that grouping never makes
 * a book look crossed, and never shows a price better than it is.
 */
export function rowOf(price: number, step: number, side: BookSideLetter): number {
  const exact = price / step;
  return side === "B" ? Math.floor(exact) : Math.ceil(exact);
}

/** What rests on one side of a row. */
export interface RowDepth {
  size: number;
  count: number;
  added: number;
  cancelled: number;
  /** Size from the best price to this row, which it includes. */
  cumulative: number;
  /** The levels of this row, best first. */
  levels: BookLevel[];
}

export interface RowVolume {
  bought: number;
  sold: number;
  neither: number;
  total: number;
}

export interface Grouped {
  bids: Map<number, RowDepth>;
  asks: Map<number, RowDepth>;
  /** Row of the best price; null: the side is empty. */
  bestBid: number | null;
  bestAsk: number | null;
}

export function groupDepth(book: BookState, step: number): Grouped {
  const [bid, ask] = [book.bids[0], book.asks[0]];
  return {
    bids: groupSide(book.bids, step, "B"),
    asks: groupSide(book.asks, step, "A"),
    bestBid: bid === undefined ? null : rowOf(bid.price, step, "B"),
    bestAsk: ask === undefined ? null : rowOf(ask.price, step, "A"),
  };
}

function groupSide(
  levels: readonly BookLevel[],
  step: number,
  side: BookSideLetter,
): Map<number, RowDepth> {
  const rows = new Map<number, RowDepth>();
  let cumulative = 0;
  for (const level of levels) {
    cumulative += level.size;
    const row = rowOf(level.price, step, side);
    const depth = rows.get(row);
    if (depth === undefined) {
      const { size, count, added, cancelled } = level;
      rows.set(row, { size, count, added, cancelled, cumulative, levels: [level] });
    } else {
      depth.size += level.size;
      depth.count += level.count;
      depth.added += level.added;
      depth.cancelled += level.cancelled;
      depth.cumulative = cumulative;
      depth.levels.push(level);
    }
  }
  return rows;
}

/** Volume by row: what was bought was offered there, what was sold was bid there. */
export function groupVolume(book: BookState, step: number): Map<number, RowVolume> {
  const rows = new Map<number, RowVolume>();
  const at = (row: number): RowVolume => {
    let volume = rows.get(row);
    if (volume === undefined) {
      volume = { bought: 0, sold: 0, neither: 0, total: 0 };
      rows.set(row, volume);
    }
    return volume;
  };
  for (const { price, bought, sold, neither } of book.volume.values()) {
    if (bought > 0) at(rowOf(price, step, "A")).bought += bought;
    if (sold > 0) at(rowOf(price, step, "B")).sold += sold;
    if (neither > 0) at(rowOf(price, step, "B")).neither += neither;
  }
  for (const volume of rows.values()) volume.total = volume.bought + volume.sold + volume.neither;
  return rows;
}

/** Row that stands for the market: between the best prices, or beside the one there is. */
export function middleOf({ bestBid, bestAsk }: Grouped): number | null {
  if (bestBid === null) return bestAsk;
  if (bestAsk === null) return bestBid;
  return (bestBid + bestAsk) / 2;
}

const FACTORS: readonly number[] = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/** A round number not below `value`: bars are at least four fifths of what they could be. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  for (const factor of FACTORS) if (value <= factor * power) return factor * power;
  return 10 * power;
}

/**
 * Size that should fill a bar: a little more than nine of ten rows have. One order of hundreds would make
 * all others too thin to be told apart; its bar is cut off instead, and says so.
 */
export function usualSize(sizes: number[]): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  const usual = sorted[Math.ceil((sorted.length - 1) * 0.9)] ?? 1;
  return Math.min(usual * 1.25, sorted.at(-1) ?? 1);
}

/** The scale of the bars: grows at once, shrinks only when much smaller would do, so that bars stand still. */
export function steadyScale(before: number, largest: number): number {
  const wanted = roundUp(largest);
  return wanted > before || wanted * 1.8 <= before ? wanted : before;
}

/** Share of the screen that a spread may take before more ticks go into a row. */
const WIDEST_SPREAD = 0.4;

/** Ticks of a row that let both sides of the book be seen; what is in use stays while it does. */
export function fittingGroup(
  book: BookState | null,
  tick: number,
  rows: number,
  inUse: number,
): number {
  const [bid, ask] = [book?.bids[0], book?.asks[0]];
  if (bid === undefined || ask === undefined || rows < 3) return inUse;
  const ticks = Math.abs(ask.price - bid.price) / tick;
  const fits = (group: number, share: number) => ticks / group <= rows * share;
  if (fits(inUse, 2 * WIDEST_SPREAD) && (inUse === 1 || !fits(inUse / 4, WIDEST_SPREAD))) {
    return inUse;
  }
  return GROUPS.find((group) => fits(group, WIDEST_SPREAD)) ?? GROUPS.at(-1) ?? 1;
}
