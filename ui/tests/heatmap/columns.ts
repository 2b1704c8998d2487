/** Columns to draw, generated: a book around a price that wanders. */

import type { ColumnsOf } from "../../src/book/bookStream";
import type { DepthColumn } from "../../src/book/wire";
import type { Column } from "../../src/heatmap/column";

export const TICK = 250_000_000;
export const BEGIN_MS = 1_758_742_200_000;

export interface Of {
  bid?: number;
  ask?: number;
  flags?: number;
  /** Price in ticks and size. */
  bids?: [number, number][];
  asks?: [number, number][];
  /** Price in ticks, bought, sold. */
  trades?: [number, number, number][];
}

export function depthColumn(beginMs: number, of: Of = {}): DepthColumn {
  const bids = of.bids ?? [[24_000, 10]];
  const asks = of.asks ?? [[24_001, 20]];
  const trades = of.trades ?? [];
  return {
    beginNs: BigInt(beginMs) * 1_000_000n,
    bestBid: (of.bid ?? bids[0]?.[0] ?? Number.NaN) * TICK,
    bestAsk: (of.ask ?? asks[0]?.[0] ?? Number.NaN) * TICK,
    flags: of.flags ?? 0,
    depthPrices: Float64Array.from([...bids, ...asks], ([tick]) => tick * TICK),
    depthSizes: Uint32Array.from([...bids, ...asks], ([, size]) => size),
    depthSides: Uint8Array.from([...bids.map(() => 66), ...asks.map(() => 65)]),
    tradePrices: Float64Array.from(trades, ([tick]) => tick * TICK),
    bought: Uint32Array.from(trades, ([, bought]) => bought),
    sold: Uint32Array.from(trades, ([, , sold]) => sold),
    neither: Uint32Array.from(trades, () => 0),
  };
}

export function columnsOf(everyMs: number, columns: DepthColumn[], instrumentId = 7): ColumnsOf {
  return { publisherId: 1, instrumentId, everyMs, columns };
}

const NO_TRADES = {
  ticks: new Int32Array(0),
  bought: new Float32Array(0),
  sold: new Float32Array(0),
  neither: new Float32Array(0),
};

export function column(index: number, of: Partial<Column> = {}): Column {
  return {
    index,
    untilMs: (index + 1) * 100,
    bid: 100,
    ask: 101,
    flags: 0,
    ticks: Int32Array.of(100, 101),
    sizes: Float32Array.of(10, 20),
    bids: 1,
    trades: NO_TRADES,
    ...of,
  };
}
