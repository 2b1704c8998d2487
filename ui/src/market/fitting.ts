/** The interval that suits how often an instrument trades. */

import { type Bar, type BarSchema, INTERVALS, type Interval, intervalNamed } from "./bars";

type BarsOf = (schema: BarSchema) => readonly Bar[];

const CANDIDATES = ["1s", "5s", "15s", "1m", "5m"].map(intervalNamed);
const MOST_SLOTS = 120;
/** Candles stand close enough to read as a line when this share of the places is taken. */
const ENOUGH = 0.7;

/** The shortest interval at which most places have a candle; null where there are no bars. */
export function fittingInterval(barsOf: BarsOf): string | null {
  let longest: Interval | undefined;
  for (const interval of CANDIDATES) {
    const bars = barsOf(interval.from);
    if (bars.length === 0) continue;
    if (shareTaken(bars, interval.everyS) >= ENOUGH) return interval.name;
    longest = interval;
  }
  return (longest ?? INTERVALS.find(({ from }) => barsOf(from).length > 0))?.name ?? null;
}

/** Share of the newest places that hold a candle. */
function shareTaken(bars: readonly Bar[], everyS: number): number {
  const placeOf = (bar: Bar) => Math.floor(bar.startS / everyS);
  const newest = bars.at(-1);
  const oldest = bars[0];
  if (newest === undefined || oldest === undefined) return 0;
  const last = placeOf(newest);
  const from = Math.max(placeOf(oldest), last - MOST_SLOTS + 1);
  const taken = new Set<number>();
  for (let i = bars.length - 1; i >= 0; i -= 1) {
    const bar = bars[i];
    if (bar === undefined || placeOf(bar) < from) break;
    taken.add(placeOf(bar));
  }
  return taken.size / (last - from + 1);
}
