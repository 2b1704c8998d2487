/** The prints that a bubble is made of, asked of the server when a person wants to see them. */

import { fetchHistorical } from "../api/http";
import type { Trade } from "../api/messages";
import { formatRfc3339 } from "../market/times";
import { useSession } from "../stores/session";
import type { BubbleItem } from "./flowState";

/** A window of the studies, unless they are set otherwise. */
const WINDOW_NS = 1_000_000_000n;
const MOST_PRINTS = 5_000;

/** Prints of the bubble's window and side, the largest first. */
export async function fetchPrints(
  symbol: string,
  { message, side }: BubbleItem,
  signal: AbortSignal,
): Promise<Trade[]> {
  const endNs = BigInt(message.tsNs);
  const clip = useSession.getState().source?.replay != null;
  const asked = {
    symbols: [symbol],
    schema: "trades",
    start: formatRfc3339(endNs - WINDOW_NS),
    end: formatRfc3339(endNs),
    limit: MOST_PRINTS,
    clip,
  };
  const { rows } = await fetchHistorical(asked, signal);
  const letter = side === "buy" ? "B" : "A";
  return rows
    .flatMap((row) => (row.kind === "bar" ? [] : [row.trade]))
    .filter((trade) => trade.side === letter)
    .sort((a, b) => b.size - a.size);
}
