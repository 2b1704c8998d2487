/** One column of the heatmap as it is kept: prices in ticks, packed. */

import { type DepthColumn, Flag } from "../book/wire";

export interface Column {
  /** Its begin in lengths of a column since the epoch. */
  index: number;
  /** End of what is in it: an open column is known up to here only. */
  untilMs: number;
  /** Best prices in ticks; NaN: none. */
  bid: number;
  ask: number;
  flags: number;
  /** Bids first, then asks. */
  ticks: Int32Array;
  sizes: Float32Array;
  /** How many of the cells are bids. */
  bids: number;
  trades: Trades;
}

/** Volume by price and aggressor. */
export interface Trades {
  ticks: Int32Array;
  bought: Float32Array;
  sold: Float32Array;
  neither: Float32Array;
}

const BID = 66;
const NS_PER_MS = 1_000_000n;
const NO_TRADES: Trades = {
  ticks: new Int32Array(0),
  bought: new Float32Array(0),
  sold: new Float32Array(0),
  neither: new Float32Array(0),
};

/** Records are missing in or before the column: nothing is known of its depth. */
export function isGap(column: Column): boolean {
  return (column.flags & Flag.missing) !== 0;
}

/** The book of a column after a gap may not be the market's. */
export function isStale(column: Column): boolean {
  return (column.flags & Flag.stale) !== 0;
}

/** Take a column off the wire; `tick` in units of 1e-9. */
export function columnOf(from: DepthColumn, everyMs: number, tick: number): Column {
  const beginMs = Number(from.beginNs / NS_PER_MS);
  const cells = from.depthPrices.length;
  const ticks = new Int32Array(cells);
  const sizes = new Float32Array(cells);
  let bids = 0;
  for (let i = 0; i < cells; i += 1) if (from.depthSides[i] === BID) bids += 1;
  let [bid, ask] = [0, bids];
  for (let i = 0; i < cells; i += 1) {
    const at = from.depthSides[i] === BID ? bid++ : ask++;
    ticks[at] = Math.round((from.depthPrices[i] ?? 0) / tick);
    sizes[at] = from.depthSizes[i] ?? 0;
  }
  return {
    index: Math.floor(beginMs / everyMs),
    untilMs: beginMs + everyMs,
    bid: Math.round(from.bestBid / tick),
    ask: Math.round(from.bestAsk / tick),
    flags: from.flags,
    ticks,
    sizes,
    bids,
    trades: tradesOf(from, tick),
  };
}

function tradesOf(from: DepthColumn, tick: number): Trades {
  if (from.tradePrices.length === 0) return NO_TRADES;
  return {
    ticks: Int32Array.from(from.tradePrices, (price) => Math.round(price / tick)),
    bought: Float32Array.from(from.bought),
    sold: Float32Array.from(from.sold),
    neither: Float32Array.from(from.neither),
  };
}

/**
 * Put a shorter column into the longer one that it lies in: the depth at the end, the volumes summed.
 * What the longer one has already is not added again.
 */
export function absorb(into: Column | null, part: Column, index: number, beginMs: number): Column {
  if (into === null) return { ...part, index };
  if (part.untilMs <= into.untilMs) return into;
  const flags = part.flags | (into.flags & Flag.missing);
  // A column that was fetched amid the part has some of its trades: better a few too few than twice.
  const trades = beginMs >= into.untilMs ? sumOf(into.trades, part.trades) : into.trades;
  return { ...part, index, flags, trades };
}

function sumOf(a: Trades, b: Trades): Trades {
  if (b.ticks.length === 0) return a;
  if (a.ticks.length === 0) return b;
  const cells = new Map<number, [number, number, number]>();
  for (const { ticks, bought, sold, neither } of [a, b]) {
    for (let i = 0; i < ticks.length; i += 1) {
      const cell = cells.get(ticks[i] ?? 0) ?? [0, 0, 0];
      cells.set(ticks[i] ?? 0, cell);
      cell[0] += bought[i] ?? 0;
      cell[1] += sold[i] ?? 0;
      cell[2] += neither[i] ?? 0;
    }
  }
  const all = [...cells].sort(([x], [y]) => x - y);
  return {
    ticks: Int32Array.from(all, ([tick]) => tick),
    bought: Float32Array.from(all, ([, [bought]]) => bought),
    sold: Float32Array.from(all, ([, [, sold]]) => sold),
    neither: Float32Array.from(all, ([, [, , neither]]) => neither),
  };
}
