/** Where aggression was absorbed: a band from when it was first seen to now. */

import { type Size, yOf } from "../../heatmap/view";
import type { FlowState } from "../flowState";
import type { AbsorptionZone, Strength } from "../wire";
import type { TimeAxis } from "./timeAxis";

export interface ZoneShape {
  x: number;
  right: number;
  y: number;
  height: number;
  /** 0 to 1. */
  strength: number;
  zone: AbsorptionZone;
  /** Whether it is one of the few whose name stands at the edge. */
  isNamed: boolean;
}

const STRENGTHS: Record<Strength, number> = { weak: 0.25, medium: 0.5, strong: 0.75, defended: 1 };
const LEAST_PX = 5;
/** The largest of the defended ones are named; of the others a pointer tells. */
const MOST_NAMED = 4;
const MOST_NAMED_NARROW = 2;
const NARROW_PX = 420;

export function zonesScene(
  { zones, nowMs }: Pick<FlowState, "zones" | "nowMs">,
  axis: TimeAxis,
  size: Size,
): ZoneShape[] {
  const height = Math.max(LEAST_PX, 1 / axis.view.ticksPerPx);
  const right = Math.min(size.width, axis.x(nowMs ?? axis.toMs));
  const shapes = zones
    .filter(({ fromMs }) => fromMs < axis.toMs)
    .map(({ tick, fromMs, zone }) => ({
      x: Math.max(0, axis.x(fromMs)),
      right,
      y: yOf(axis.view, tick),
      height,
      strength: STRENGTHS[zone.strength] ?? 0.25,
      zone,
    }))
    .filter(({ x, y }) => x < right && y > -height && y < size.height + height)
    .sort((a, b) => b.strength - a.strength);
  const named = new Set(
    shapes
      .filter(({ strength }) => strength === 1)
      .sort((a, b) => b.zone.totalAbsorbed - a.zone.totalAbsorbed)
      .slice(0, size.width < NARROW_PX ? MOST_NAMED_NARROW : MOST_NAMED),
  );
  return shapes.map((shape) => ({ ...shape, isNamed: named.has(shape) }));
}
