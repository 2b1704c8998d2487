/** Signals as the chart marks them: one small sign each, at its price and time. */

import { type Json, numberOrNull, textOrNull } from "../api/fields";
import { msOf } from "./bar";
import type { Timed } from "./timed";
import type { Direction } from "./wire";

export const SIGNAL_KINDS = [
  "delta_flip",
  "delta_reversal",
  "absorption",
  "stacked_imbalance",
  "divergence",
  "iceberg",
  "sweep",
  "confluence",
] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** Its letter on the chart, and its name. */
export const SIGNS: Record<SignalKind, { letter: string; name: string }> = {
  delta_flip: { letter: "F", name: "Delta flip" },
  delta_reversal: { letter: "R", name: "Delta reversal" },
  absorption: { letter: "A", name: "Absorption" },
  stacked_imbalance: { letter: "S", name: "Stacked imbalance" },
  divergence: { letter: "D", name: "Divergence" },
  iceberg: { letter: "I", name: "Iceberg" },
  sweep: { letter: "W", name: "Sweep" },
  confluence: { letter: "C", name: "Confluence" },
};

export interface Mark extends Timed {
  id: string;
  kind: SignalKind;
  direction: Direction;
  /** In ticks. */
  tick: number;
  price: number;
  strength: string | null;
  score: number | null;
  outcome: string | null;
}

function isKind(kind: string | null): kind is SignalKind {
  return (SIGNAL_KINDS as readonly (string | null)[]).includes(kind);
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
