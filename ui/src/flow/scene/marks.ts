/** Signs of signals: below the price where they are bullish, above where bearish, side by side in height. */

import { type Size, yOf } from "../../heatmap/view";
import type { Kind } from "../../signals/kinds";
import type { FlowState } from "../flowState";
import type { Mark } from "../marks";
import { firstFrom } from "../timed";
import type { Candle } from "./bars";
import type { TimeAxis } from "./timeAxis";

export interface MarkShape {
  x: number;
  y: number;
  /** The newest of those that share the place. */
  mark: Mark;
  /** How many of this kind share it. */
  count: number;
}

const MOST_MARKS = 2_000;
const SIGN_PX = 15;
const FROM_PRICE_PX = 16;
/** Signs above each other; of more kinds the least telling go without. */
const MOST_STACKED = 3;

/** The most telling first. */
const RANKS: readonly Kind[] = [
  "confluence",
  "divergence",
  "stacked_imbalance",
  "absorption",
  "delta_flip",
  "delta_reversal",
  "iceberg",
  "sweep",
];

interface Heap {
  x: number;
  /** The price furthest out: signs stand beyond it. */
  tick: number;
  byKind: Map<Kind, { mark: Mark; count: number }>;
}

/** Signs of one direction that would stand on each other share a place, and of a kind there is one. */
export function marksScene(
  state: Pick<FlowState, "marks">,
  axis: TimeAxis,
  size: Size,
  kinds: readonly Kind[],
  clearedMs: number,
  candles: readonly Candle[] = [],
): MarkShape[] {
  const wanted = new Set(kinds);
  const seen = state.marks
    .between(Math.max(axis.fromMs, clearedMs), axis.toMs)
    .filter(({ kind }) => wanted.has(kind))
    .slice(-MOST_MARKS);
  const shapes: MarkShape[] = [];
  for (const direction of ["bullish", "bearish"] as const) {
    const away = direction === "bullish" ? 1 : -1;
    for (const { x, tick, byKind } of heapsOf(seen, axis, direction)) {
      const priceY = yOf(axis.view, beyond(candles, x, tick, direction));
      if (priceY < -SIGN_PX || priceY > size.height + SIGN_PX) continue;
      const told = RANKS.flatMap((kind) => byKind.get(kind) ?? []).slice(0, MOST_STACKED);
      for (const [i, { mark, count }] of told.entries()) {
        shapes.push({ x, y: priceY + away * (FROM_PRICE_PX + i * (SIGN_PX + 3)), mark, count });
      }
    }
  }
  return shapes;
}

/** The end of the bar that a sign belongs to: within it, it would hide what traded. */
function beyond(
  candles: readonly Candle[],
  x: number,
  tick: number,
  direction: Mark["direction"],
): number {
  const at = firstFrom(candles, (i) => candles[i]?.x ?? 0, x + 1e-6) - 1;
  const candle = candles[at];
  if (candle === undefined || x > candle.x + candle.width) return tick;
  return direction === "bullish" ? Math.min(tick, candle.low) : Math.max(tick, candle.high);
}

function heapsOf(marks: readonly Mark[], axis: TimeAxis, direction: Mark["direction"]): Heap[] {
  const heaps: Heap[] = [];
  let heap: Heap | undefined;
  for (const mark of marks) {
    if (mark.direction !== direction) continue;
    const x = axis.x(mark.ms);
    if (heap === undefined || x - heap.x >= SIGN_PX) {
      heap = { x, tick: mark.tick, byKind: new Map() };
      heaps.push(heap);
    }
    const further = direction === "bullish" ? Math.min : Math.max;
    heap.tick = further(heap.tick, mark.tick);
    const count = (heap.byKind.get(mark.kind)?.count ?? 0) + 1;
    heap.byKind.set(mark.kind, { mark, count });
  }
  return heaps;
}

export function markAt(shapes: readonly MarkShape[], x: number, y: number): MarkShape | null {
  const reach = SIGN_PX / 2 + 1;
  const found = shapes.findLast(
    (shape) => Math.abs(shape.x - x) <= reach && Math.abs(shape.y - y) <= reach,
  );
  return found ?? null;
}
