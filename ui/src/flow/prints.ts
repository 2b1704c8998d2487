/** The prints that a bubble is made of, asked of the server when a person wants to see them. */

import { fetchHistorical } from "../api/http";
import type { Trade } from "../api/messages";
import { formatRfc3339 } from "../market/times";
import { useSession } from "../stores/session";
import type { BubbleItem } from "./flowState";

/** The server cuts by the time a record was received, windows are of the time it happened: later, or a little before. */
const SLACK_NS = 250_000_000n;
const MOST_PRINTS = 20_000;

/** Prints of the bubble's window and side, the largest first. */
export async function fetchPrints(
  symbol: string,
  { message, side }: BubbleItem,
  signal: AbortSignal,
): Promise<Trade[]> {
  const [startNs, endNs] = [BigInt(message.startNs), BigInt(message.tsNs)];
  const clip = useSession.getState().source?.replay != null;
  const asked = {
    symbols: [symbol],
    schema: "trades",
    start: formatRfc3339(startNs - SLACK_NS),
    end: formatRfc3339(endNs + SLACK_NS),
    limit: MOST_PRINTS,
    clip,
  };
  const { rows } = await fetchHistorical(asked, signal);
  const letter = side === "buy" ? "B" : "A";
  return rows
    .flatMap((row) => (row.kind === "bar" ? [] : [row.trade]))
    .filter(({ side: own, tsEvent }) => own === letter && tsEvent >= startNs && tsEvent < endNs)
    .sort((a, b) => b.size - a.size);
}
