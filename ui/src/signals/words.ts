/** Signals in words. */

import { outcomeOf, type Signal } from "./signal";

/** A price in points, with as many decimals as it has, two at least where it has any. */
export function formatPoints(price: number): string {
  const text = String(Number(price.toFixed(9)));
  const [whole = "", part = ""] = text.split(".");
  return part === "" ? whole : `${whole}.${part.padEnd(2, "0")}`;
}

/** How far the price went in its direction, in points; empty where that is not known yet. */
export function moveText(signal: Signal): string {
  const after = signal.after5m ?? signal.after1m;
  if (after === null || outcomeOf(signal) === null) return "";
  const move = (after - signal.price) * (signal.direction === "bullish" ? 1 : -1);
  return `${move > 0 ? "+" : ""}${formatPoints(move)}`;
}

export function rateText(winRate: number | null): string {
  return winRate === null ? "–" : `${Math.round(winRate)} %`;
}

/** How good a rate is: from even on it is worth a look, from six in ten it is good. */
export function rateTone(winRate: number | null): "good" | "fair" | "poor" | "none" {
  if (winRate === null) return "none";
  if (winRate >= 60) return "good";
  return winRate >= 50 ? "fair" : "poor";
}
