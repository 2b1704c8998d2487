/** Candles. The server computes bars; here they are only merged into longer ones. */

import type { Price } from "./prices";

export interface Bar {
  /** Open of the bar, seconds since the Unix epoch. */
  startS: number;
  open: Price;
  high: Price;
  low: Price;
  close: Price;
  volume: number;
  /** Volume by aggressor; null where the source does not know. */
  buyVolume: number | null;
  sellVolume: number | null;
  trades: number | null;
}

export type BarSchema = "ohlcv-1s" | "ohlcv-1m" | "ohlcv-1h" | "ohlcv-1d";

export interface Interval {
  name: string;
  everyS: number;
  /** The server's bars that this interval is merged from. */
  from: BarSchema;
}

export const INTERVALS: readonly Interval[] = [
  { name: "1s", everyS: 1, from: "ohlcv-1s" },
  { name: "5s", everyS: 5, from: "ohlcv-1s" },
  { name: "15s", everyS: 15, from: "ohlcv-1s" },
  { name: "1m", everyS: 60, from: "ohlcv-1m" },
  { name: "5m", everyS: 300, from: "ohlcv-1m" },
  { name: "15m", everyS: 900, from: "ohlcv-1m" },
  { name: "1h", everyS: 3600, from: "ohlcv-1h" },
  { name: "1d", everyS: 86_400, from: "ohlcv-1d" },
];

export function intervalNamed(name: string): Interval {
  const found = INTERVALS.find((interval) => interval.name === name) ?? INTERVALS[0];
  if (found === undefined) throw new Error("there are no intervals");
  return found;
}

const add = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);

/** Merge bars, in time order, into bars of `everyS` seconds aligned to the epoch. */
export function mergeBars(bars: readonly Bar[], everyS: number): Bar[] {
  const merged: Bar[] = [];
  let last: Bar | undefined;
  for (const bar of bars) {
    const startS = Math.floor(bar.startS / everyS) * everyS;
    if (last === undefined || last.startS !== startS) {
      last = { ...bar, startS };
      merged.push(last);
      continue;
    }
    if (bar.high > last.high) last.high = bar.high;
    if (bar.low < last.low) last.low = bar.low;
    last.close = bar.close;
    last.volume += bar.volume;
    last.buyVolume = add(last.buyVolume, bar.buyVolume);
    last.sellVolume = add(last.sellVolume, bar.sellVolume);
    last.trades = add(last.trades, bar.trades);
  }
  return merged;
}

/** Index of the first bar that starts at `startS` or later. */
export function firstFrom(bars: readonly Bar[], startS: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle]?.startS ?? 0) < startS) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Live bars, and fetched ones where there is no live one; in time order, from `fromS` on. */
export function joinHistory(
  history: readonly Bar[],
  live: readonly Bar[],
  fromS = Number.NEGATIVE_INFINITY,
): readonly Bar[] {
  const later = live.slice(firstFrom(live, fromS));
  const fetched = history.slice(firstFrom(history, fromS));
  if (fetched.length === 0) return later;
  const joined: Bar[] = [];
  let next = 0;
  for (const bar of later) {
    for (
      let old = fetched[next];
      old !== undefined && old.startS <= bar.startS;
      old = fetched[next]
    ) {
      if (old.startS < bar.startS) joined.push(old);
      next += 1;
    }
    joined.push(bar);
  }
  return joined.concat(fetched.slice(next));
}

/** Empty places between two bars, so that a gap in time is drawn as a gap; a long one is cut to `most`. */
export function emptySlots(fromS: number, toS: number, everyS: number, most = 120): number[] {
  const missing = Math.round((toS - fromS) / everyS) - 1;
  if (missing <= 0) return [];
  return Array.from({ length: Math.min(missing, most) }, (_, i) => fromS + (i + 1) * everyS);
}

/** Buys less sells; null where the aggressor is not known. */
export function deltaOf(bar: Bar): number | null {
  return bar.buyVolume === null || bar.sellVolume === null ? null : bar.buyVolume - bar.sellVolume;
}
