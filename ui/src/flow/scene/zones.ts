/** Where aggression was absorbed: a band from when it was first seen to now. */

import { type Size, yOf } from "../../heatmap/view";
import type { FlowState } from "../flowState";
import type { AbsorptionZone, Strength } from "../wire";
import { placeLabels } from "./levels";
import type { TimeAxis } from "./timeAxis";

export interface ZoneShape {
  x: number;
  right: number;
  y: number;
  height: number;
  /** 0 to 1. */
  strength: number;
  zone: AbsorptionZone;
  labelY: number | null;
}

const STRENGTHS: Record<Strength, number> = { weak: 0.25, medium: 0.5, strong: 0.75, defended: 1 };
const LEAST_PX = 5;
/** The largest of the defended ones are named; of the others a pointer tells. */
const MOST_NAMED = 4;
const LEAST_NAMED_PX = 110;
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
      .filter(({ strength, x }) => strength === 1 && right - x >= LEAST_NAMED_PX)
      .sort((a, b) => b.zone.totalAbsorbed - a.zone.totalAbsorbed)
      .slice(0, size.width < NARROW_PX ? 0 : MOST_NAMED),
  );
  const places = placeLabels(
    [...named].map(({ y }) => y),
    size.height,
  );
  const heights = new Map([...named].map((shape, at) => [shape, places[at] ?? null]));
  return shapes.map((shape) => ({ ...shape, labelY: heights.get(shape) ?? null }));
}
