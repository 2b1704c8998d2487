/** Signals as docs/flow-stream.md has them: a row of `/api/signals`, and the same on the stream. */

import {
  DecodeError,
  type Json,
  listAt,
  numberAt,
  numberOrNull,
  objectOf,
  textAt,
  textOrNull,
} from "../api/fields";
import type { Direction, Strength } from "../flow/wire";
import { decodeOwn, type OwnThresholds } from "./thresholds";

export const STRENGTHS = ["weak", "medium", "strong", "defended"] as const;
export const OUTCOMES = ["win", "loss", "breakeven", "pending"] as const;

export type Outcome = "win" | "loss" | "breakeven";

export interface Signal {
  id: string;
  symbol: string;
  sessionId: string;
  tsNs: bigint;
  /** One of KINDS; of a later server perhaps another. */
  kind: string;
  direction: Direction;
  /** In points. */
  price: number;
  strength: Strength;
  score: number;
  amount: number;
  after1m: number | null;
  after5m: number | null;
  outcome1m: Outcome | null;
  outcome5m: Outcome | null;
  note: string | null;
  /** By which thresholds it was made: empty by the defaults, else eight characters that stand for them. */
  rules: string;
}

export interface Resolved {
  id: string;
  symbol: string;
  horizon: "1m" | "5m";
  price: number | null;
  outcome: Outcome;
}

/** The outcome of the later horizon where it is known, else of the sooner. */
export function outcomeOf(signal: Signal): Outcome | null {
  return signal.outcome5m ?? signal.outcome1m;
}

function oneOf<T extends string>(o: Json, field: string, all: readonly T[]): T {
  const text = textAt(o, field);
  const found = all.find((one) => one === text);
  if (found === undefined) throw new DecodeError(`field ${field}: unknown ${text}`);
  return found;
}

function outcomeAt(o: Json, field: string): Outcome | null {
  if (o[field] === null || o[field] === undefined) return null;
  return oneOf<Outcome>(o, field, ["win", "loss", "breakeven"]);
}

export function decodeSignal(value: unknown): Signal {
  const o = objectOf(value, "signal");
  return {
    id: textAt(o, "id"),
    symbol: textAt(o, "symbol"),
    sessionId: String(o.session_id ?? ""),
    tsNs: BigInt(textAt(o, "ts_ns")),
    kind: textAt(o, "signal_type"),
    direction: oneOf(o, "direction", ["bullish", "bearish"]),
    price: numberAt(o, "price"),
    strength: oneOf(o, "strength", STRENGTHS),
    score: numberAt(o, "score"),
    amount: numberOrNull(o, "amount") ?? 0,
    after1m: numberOrNull(o, "price_after_1m"),
    after5m: numberOrNull(o, "price_after_5m"),
    outcome1m: outcomeAt(o, "outcome_1m"),
    outcome5m: outcomeAt(o, "outcome_5m"),
    note: textOrNull(o, "note"),
    rules: textOrNull(o, "rules") ?? "",
  };
}

export function decodeResolved(value: unknown): Resolved {
  const o = objectOf(value, "outcome");
  return {
    id: textAt(o, "id"),
    symbol: textAt(o, "symbol"),
    horizon: oneOf(o, "horizon", ["1m", "5m"]),
    price: numberOrNull(o, "price"),
    outcome: oneOf(o, "outcome", ["win", "loss", "breakeven"]),
  };
}

export interface Tally {
  count: number;
  wins: number;
  losses: number;
  breakeven: number;
  /** In percent; null without a win or a loss. */
  winRate: number | null;
}

export interface Stats {
  total: number;
  byKind: readonly { kind: string; tally: Tally }[];
  byDirection: readonly { direction: Direction; tally: Tally }[];
}

function tallyOf(value: unknown): Tally {
  const o = objectOf(value, "tally");
  return {
    count: numberAt(o, "count"),
    wins: numberOrNull(o, "wins") ?? 0,
    losses: numberOrNull(o, "losses") ?? 0,
    breakeven: numberOrNull(o, "breakeven") ?? 0,
    winRate: numberOrNull(o, "win_rate"),
  };
}

export function decodeStats(value: unknown): Stats {
  const o = objectOf(value, "stats");
  const byKind = objectOf(o.by_type, "by_type");
  const byDirection = objectOf(o.by_direction, "by_direction");
  const directions: Direction[] = ["bullish", "bearish"];
  return {
    total: numberAt(o, "total_signals"),
    byKind: Object.entries(byKind).map(([kind, tally]) => ({ kind, tally: tallyOf(tally) })),
    byDirection: directions
      .filter((direction) => byDirection[direction] != null)
      .map((direction) => ({ direction, tally: tallyOf(byDirection[direction]) })),
  };
}

export interface FlowSession {
  id: string;
  symbol: string;
  mode: string;
  tradeDate: string;
  signals: number;
  bullish: number;
  bearish: number;
  wins: number;
  losses: number;
  breakeven: number;
  winRate: number | null;
  rules: string;
  /** What stands behind `rules`. */
  thresholds: OwnThresholds;
}

export function decodeSession(value: unknown): FlowSession {
  const o = objectOf(value, "session");
  return {
    id: String(o.id),
    symbol: textAt(o, "symbol"),
    mode: textOrNull(o, "mode") ?? "",
    tradeDate: textOrNull(o, "trade_date") ?? "",
    signals: numberAt(o, "signals"),
    bullish: numberOrNull(o, "bullish") ?? 0,
    bearish: numberOrNull(o, "bearish") ?? 0,
    wins: numberOrNull(o, "wins") ?? 0,
    losses: numberOrNull(o, "losses") ?? 0,
    breakeven: numberOrNull(o, "breakeven") ?? 0,
    winRate: numberOrNull(o, "win_rate"),
    rules: textOrNull(o, "rules") ?? "",
    thresholds: decodeOwn(o.thresholds),
  };
}

export interface SignalPage {
  signals: Signal[];
  total: number;
}

export function decodePage(value: unknown): SignalPage {
  const o = objectOf(value, "signals");
  return { signals: listAt(o, "signals").map(decodeSignal), total: numberAt(o, "total") };
}
