/** Signs of signals: below the price where they are bullish, above where bearish, side by side in height. */

import { type Size, yOf } from "../../heatmap/view";
import type { FlowState } from "../flowState";
import type { Mark, SignalKind } from "../marks";
import type { TimeAxis } from "./timeAxis";

export interface MarkShape {
  x: number;
  y: number;
  /** Of the price itself. */
  priceY: number;
  mark: Mark;
}

const MOST_MARKS = 400;
const SIGN_PX = 15;
const FROM_PRICE_PX = 16;

export function marksScene(
  state: Pick<FlowState, "marks">,
  axis: TimeAxis,
  size: Size,
  kinds: readonly SignalKind[],
  clearedMs: number,
): MarkShape[] {
  const wanted = new Set(kinds);
  const seen = state.marks
    .between(Math.max(axis.fromMs, clearedMs), axis.toMs)
    .filter(({ kind }) => wanted.has(kind))
    .slice(-MOST_MARKS);
  const taken = new Set<string>();
  const shapes: MarkShape[] = [];
  for (const mark of seen) {
    const x = axis.x(mark.ms);
    const priceY = yOf(axis.view, mark.tick);
    if (priceY < -SIGN_PX || priceY > size.height + SIGN_PX) continue;
    const away = mark.direction === "bullish" ? 1 : -1;
    let y = priceY + away * FROM_PRICE_PX;
    const place = () => `${Math.round(x / SIGN_PX)} ${Math.round(y / SIGN_PX)}`;
    for (let tries = 0; taken.has(place()) && tries < 8; tries += 1) y += away * SIGN_PX;
    taken.add(place());
    shapes.push({ x, y, priceY, mark });
  }
  return shapes;
}

export function markAt(shapes: readonly MarkShape[], x: number, y: number): MarkShape | null {
  const reach = SIGN_PX / 2 + 1;
  const found = shapes.findLast(
    (shape) => Math.abs(shape.x - x) <= reach && Math.abs(shape.y - y) <= reach,
  );
  return found ?? null;
}
