/** A bar with what traded at each of its prices, in ticks. */

import type { Timed } from "./timed";
import type { Footprint } from "./wire";

export interface BarLevel {
  tick: number;
  bid: number;
  ask: number;
  unsided: number;
}

export interface FlowBar extends Timed {
  id: string;
  endMs: number;
  isClosed: boolean;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  delta: number;
  trades: number;
  poc: number | null;
  levels: BarLevel[];
  /** Prices where one side of the diagonal is several times the other. */
  buyImbalances: ReadonlySet<number>;
  sellImbalances: ReadonlySet<number>;
  stacked: { low: number; high: number; side: "buy" | "sell" }[];
  unfinished: { high: boolean; low: boolean };
}

export function msOf(ns: string): number {
  return Number(ns) / 1e6;
}

export function barOf(message: Footprint, tick: number): FlowBar {
  const ticksOf = (price: number) => Math.round(price / tick);
  const imbalances = (side: "buy" | "sell") =>
    new Set(message.imbalances.filter((i) => i.side === side).map((i) => ticksOf(i.price)));
  return {
    id: message.id,
    ms: msOf(message.startNs),
    endMs: msOf(message.endNs),
    isClosed: message.closed,
    open: message.open / tick,
    high: message.high / tick,
    low: message.low / tick,
    close: message.close / tick,
    volume: message.volume,
    delta: message.delta,
    trades: message.trades,
    poc: message.poc === null ? null : ticksOf(message.poc),
    levels: message.levels.map(({ price, bid, ask, unsided }) => ({
      tick: ticksOf(price),
      bid,
      ask,
      unsided,
    })),
    buyImbalances: imbalances("buy"),
    sellImbalances: imbalances("sell"),
    stacked: message.stacked.map(({ priceLow, priceHigh, side }) => ({
      low: ticksOf(priceLow),
      high: ticksOf(priceHigh),
      side,
    })),
    unfinished: message.unfinished,
  };
}
