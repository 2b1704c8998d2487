/** The HTTP calls of docs/api.md. Every failure is a Problem that can be shown as it is. */

import type { BookEvent } from "../book/eventRing";
import {
  decodeHistory,
  decodeInstrument,
  decodeProblem,
  decodeReplay,
  decodeSource,
} from "./decode";
import { decodeEffectEvents } from "./effectEvents";
import { DecodeError, parseJson } from "./fields";
import type { HistoryAnswer, Instrument, Problem, ReplayStatus, Source } from "./messages";

import { decodeActivity, type ReplayActivity } from "./replayActivity";

export class ProblemError extends Error {
  override name = "ProblemError";
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

export const UNREACHABLE: Problem = {
  code: "unreachable",
  message: "The ticktape server cannot be reached.",
  hint: "Is `ticktape up` still running? The page tries again by itself.",
};

/** Turn whatever was thrown into something to show. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof DecodeError || error instanceof SyntaxError) {
    const hint = "Page and server may be of different versions: reload the page.";
    return { code: "bad-answer", message: `Unexpected answer: ${error.message}`, hint };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "error", message, hint: "" };
}

export async function ask<T>(
  path: string,
  read: (value: unknown) => T,
  init?: RequestInit,
): Promise<T> {
  const text = await askText(path, init);
  return read(text === "" ? null : parseJson(text));
}

async function askText(path: string, init?: RequestInit): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, init);
    text = await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError(UNREACHABLE);
  }
  if (!response.ok) throw new ProblemError(problemIn(text, response.status));
  return text;
}

function problemIn(text: string, status: number): Problem {
  try {
    return decodeProblem(parseJson(text));
  } catch {
    // A proxy's error page is no JSON.
    return {
      code: `http-${status}`,
      message: `The server answered with status ${status}.`,
      hint: "",
    };
  }
}

export function send(method: "POST" | "PUT", body: unknown, signal?: AbortSignal): RequestInit {
  return {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  };
}

export function fetchSource(): Promise<Source> {
  return ask("/api/source", decodeSource);
}

export function fetchSymbols(): Promise<Instrument[]> {
  return ask("/api/symbols", (value) => {
    if (!Array.isArray(value)) throw new DecodeError("symbols: expected a list");
    return value.map(decodeInstrument);
  });
}

export interface HistoricalRequest {
  symbols: string[];
  schema: string;
  start: string;
  end: string;
  limit: number;
  /** Leave out what lies after a replay's cursor. */
  clip: boolean;
}

export function fetchHistorical(
  request: HistoricalRequest,
  signal?: AbortSignal,
): Promise<HistoryAnswer> {
  const body = {
    symbols: request.symbols,
    schema: request.schema,
    start_rfc3339: request.start,
    end_rfc3339: request.end,
    limit: request.limit,
    clip: request.clip,
  };
  return ask("/api/historical", decodeHistory, send("POST", body, signal));
}

export type JumpTarget =
  | "start"
  | "end"
  | "next_trade"
  | "previous_trade"
  | "next_gap"
  | "previous_gap"
  | "next_crossing"
  | "previous_crossing";

export interface ReplayOrder {
  action: "pause" | "resume" | "seek" | "speed" | "step" | "jump";
  ts_ns?: string;
  /** The number of records before the place. */
  position?: string;
  speed?: number | null;
  /** Less than 0: back. */
  events?: number;
  to?: JumpTarget;
  /** Of a jump to a trade: of this instrument. */
  symbol?: string;
}

export function fetchActivity(buckets: number): Promise<ReplayActivity> {
  return ask(`/api/replay/activity?buckets=${buckets}`, decodeActivity);
}

/** Records by position, of every instrument, and what each did to its book. */
export async function fetchEffects(
  position: number,
  count: number,
  signal: AbortSignal,
): Promise<BookEvent[]> {
  const path = `/api/mbo/stream/json/0?from=${position}&limit=${count}`;
  return decodeEffectEvents(await askText(path, { signal }));
}

export function orderReplay(order: ReplayOrder): Promise<ReplayStatus> {
  return ask("/api/replay", decodeReplay, send("POST", order));
}
