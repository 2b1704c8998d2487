/** The prints that a bubble is made of, asked of the server when a person wants to see them, and each bubble's once. */

import { fetchHistorical } from "../api/http";
import type { Trade } from "../api/messages";
import { formatRfc3339 } from "../market/times";
import { useSession } from "../stores/session";
import type { BubbleItem } from "./flowState";

/** The server cuts by the time a record was received, windows are of the time it happened: later, or a little before. */
const SLACK_NS = 250_000_000n;
const MOST_PRINTS = 20_000;
/** Of so many bubbles the prints are kept, those that were asked for last. */
const MOST_KEPT = 64;

/** What came of a bubble's prints. */
export interface CamePrints {
  prints: Trade[];
  /** Whether they make up its size; of what is not all of it, as of a source that forgets, more may come. */
  isWhole: boolean;
}

const kept = new Map<string, Promise<CamePrints>>();

/** Prints that a bubble has counted, those of its window, side and at least this size; the largest first. */
export function printsOf(
  symbol: string,
  bubble: BubbleItem,
  leastPrint: number,
): Promise<CamePrints> {
  const key = `${symbol} ${bubble.id} ${leastPrint}`;
  const known = kept.get(key);
  if (known !== undefined) {
    // Kept as long as one that is asked for now.
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const asked = fetchPrints(symbol, bubble, leastPrint);
  kept.set(key, asked);
  const forget = () => kept.get(key) === asked && kept.delete(key);
  asked.then(({ isWhole }) => !isWhole && forget(), forget);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return asked;
}

async function fetchPrints(
  symbol: string,
  { message, side, size: whole }: BubbleItem,
  leastPrint: number,
): Promise<CamePrints> {
  const [startNs, endNs] = [BigInt(message.startNs), BigInt(message.tsNs)];
  const clip = useSession.getState().source?.replay != null;
  const { rows } = await fetchHistorical({
    symbols: [symbol],
    schema: "trades",
    start: formatRfc3339(startNs - SLACK_NS),
    end: formatRfc3339(endNs + SLACK_NS),
    limit: MOST_PRINTS,
    clip,
  });
  const letter = side === "buy" ? "B" : "A";
  const prints = rows
    .flatMap((row) => (row.kind === "bar" ? [] : [row.trade]))
    .filter(({ side: own, tsEvent }) => own === letter && tsEvent >= startNs && tsEvent < endNs)
    .filter(({ size }) => size >= leastPrint)
    .sort((a, b) => b.size - a.size);
  return { prints, isWhole: prints.reduce((sum, { size }) => sum + size, 0) === whole };
}
