import type { Trade } from "../api/messages";

/** The most recent trades, oldest first, no more than about `most`. */
export class TradeTape {
  readonly trades: Trade[] = [];
  /** Trades ever taken; the number of the newest one. */
  taken = 0;

  constructor(readonly most = 4_000) {}

  put(trade: Trade): void {
    this.trades.push(trade);
    this.taken += 1;
    if (this.trades.length > this.most * 1.25)
      this.trades.splice(0, this.trades.length - this.most);
  }
}

/** Newest first, at least `minSize`, at most `limit` rows. */
export function newestFirst(trades: readonly Trade[], minSize: number, limit = 4_000): Trade[] {
  const rows: Trade[] = [];
  for (let i = trades.length - 1; i >= 0 && rows.length < limit; i -= 1) {
    const trade = trades[i];
    if (trade !== undefined && trade.size >= minSize) rows.push(trade);
  }
  return rows;
}

/** 0…1 for the strength of a row's colour: by order of magnitude, so that size 1 and 500 both read. */
export function intensityOf(size: number, largest: number): number {
  if (size <= 0 || largest <= 1) return 0.15;
  return Math.min(1, 0.15 + (0.85 * Math.log(size)) / Math.log(Math.max(largest, 2)));
}
