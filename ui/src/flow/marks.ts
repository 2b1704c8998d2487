/** Signals as the chart marks them: one small sign each, at its price and time. */

import { type Json, numberOrNull, textOrNull } from "../api/fields";
import { KINDS, type Kind } from "../signals/kinds";
import { msOf } from "./bar";
import type { Timed } from "./timed";
import type { Direction } from "./wire";

/** The sign of a kind: its letter. */
export const LETTERS: Record<Kind, string> = {
  delta_flip: "F",
  delta_reversal: "R",
  absorption: "A",
  stacked_imbalance: "S",
  divergence: "D",
  iceberg: "I",
  sweep: "W",
  confluence: "C",
};

export interface Mark extends Timed {
  id: string;
  kind: Kind;
  direction: Direction;
  /** In ticks. */
  tick: number;
  price: number;
  strength: string | null;
  score: number | null;
  outcome: string | null;
}

function isKind(kind: string | null): kind is Kind {
  return (KINDS as readonly (string | null)[]).includes(kind);
}

/** The mark of a row of `/api/signals`; null for a kind that this page does not know. */
export function markOf(row: Json, tick: number): Mark | null {
  const kind = textOrNull(row, "signal_type");
  const [id, tsNs] = [textOrNull(row, "id"), textOrNull(row, "ts_ns")];
  const price = numberOrNull(row, "price");
  if (!isKind(kind) || id === null || tsNs === null || price === null) return null;
  return {
    id,
    kind,
    ms: msOf(tsNs),
    direction: row.direction === "bearish" ? "bearish" : "bullish",
    tick: price / tick,
    price,
    strength: textOrNull(row, "strength"),
    score: numberOrNull(row, "score"),
    outcome: textOrNull(row, "outcome"),
  };
}
