/** Columns of the past, asked of the server. */

import { decodeProblem } from "../api/decode";
import { parseJson } from "../api/fields";
import { ProblemError, UNREACHABLE } from "../api/http";
import type { ColumnsOf } from "../book/bookStream";
import { decodeBooks } from "../book/decode";
import type { Span } from "./coverage";

export interface PastRequest extends Span {
  symbol: string;
  everyMs: number;
  levels: number;
}

/** Columns, and the market's clock at the answer: what they hold of the last stretch ends there. */
export interface PastColumns extends ColumnsOf {
  shownMs: number;
}

export type FetchPast = (request: PastRequest, signal: AbortSignal) => Promise<PastColumns[]>;

export function pastUrl({ symbol, fromMs, toMs, everyMs, levels }: PastRequest): string {
  const ns = (ms: number) => (BigInt(Math.floor(ms)) * 1_000_000n).toString();
  const asked = new URLSearchParams({
    from: ns(fromMs),
    to: ns(toMs),
    every_ms: String(everyMs),
    levels: String(levels),
  });
  return `/api/heatmap/${encodeURIComponent(symbol)}?${asked}`;
}

export async function fetchPast(request: PastRequest, signal: AbortSignal): Promise<PastColumns[]> {
  const answer = await reach(pastUrl(request), signal);
  if (!answer.ok) throw new ProblemError(decodeProblem(parseJson(await answer.text())));
  const found: PastColumns[] = [];
  for (const message of decodeBooks(await answer.arrayBuffer())) {
    if (message.kind !== "columns") continue;
    const { publisherId, instrumentId, timeNs } = message.header;
    const { everyMs, columns } = message;
    const shownMs = Number(timeNs / 1_000_000n);
    found.push({ publisherId, instrumentId, everyMs, columns, shownMs });
  }
  return found;
}

async function reach(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ProblemError(UNREACHABLE);
  }
}
