/** Signals in words. */

import { outcomeOf, type Signal } from "./signal";

/** Points with the decimals of the tick; where nobody knows it with as many as they have, two at least where any. */
export function formatPoints(points: number, decimals: number | null = null): string {
  const text = String(Number(points.toFixed(9)));
  const [whole = "", part = ""] = text.split(".");
  const least = decimals ?? (part === "" ? 0 : 2);
  return least === 0 && part === "" ? whole : `${whole}.${part.padEnd(least, "0")}`;
}

/** How far the price went in its direction, in points; empty where that is not known yet. */
export function moveText(signal: Signal, decimals: number | null = null): string {
  const after = signal.after5m ?? signal.after1m;
  if (after === null || outcomeOf(signal) === null) return "";
  const move = (after - signal.price) * (signal.direction === "bullish" ? 1 : -1);
  return `${move > 0 ? "+" : ""}${formatPoints(move, decimals)}`;
}

/** What became of it, as short as a column needs it. */
export function outcomeWord(signal: Signal): string {
  const outcome = outcomeOf(signal) ?? "pending";
  return outcome === "breakeven" ? "even" : outcome;
}

/** By which thresholds something was made, in a word. */
export function rulesName(rules: string): string {
  return rules === "" ? "default" : rules;
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
