/** Prices by time, as shapes: made of what is known and where a person looks, drawn by `draw/prices.ts`. */

import { type Size, type View, yOf } from "../../heatmap/view";
import type { FlowState } from "../flowState";
import type { FlowSettings, Wiped } from "../settings";
import { type BarsScene, barsScene } from "./bars";
import { type Segment, segmentsOf } from "./disagreements";
import { type HoursScene, hoursScene } from "./hours";
import { type LevelLine, levelLines, levelsOf, nakedRays, type Ray } from "./levels";
import { type MarkShape, marksScene } from "./marks";
import { type DevelopingScene, developingScene, profileShown } from "./profile";
import type { TimeAxis } from "./timeAxis";
import { type ZoneShape, zonesScene } from "./zones";

export interface Leg {
  x: number;
  y: number;
  toX: number;
  toY: number;
  isUp: boolean;
  low: number[];
}

export interface PricesScene {
  /** Of all that is drawn. */
  size: Size;
  /** Of what is looked at, in its middle. */
  seenWidth: number;
  view: View;
  axis: TimeAxis;
  bars: BarsScene;
  /** Whether bubbles lie over the bars. */
  isBelow: boolean;
  /** Between which times the profile is fixed. */
  fixed: { x: number; toX: number } | null;
  hours: HoursScene | null;
  developing: DevelopingScene | null;
  levels: LevelLine[];
  naked: Ray[];
  zones: ZoneShape[];
  legs: Leg[];
  marks: MarkShape[];
  disagreements: Segment[];
  /** Height of the last price; null where it is not known. */
  lastY: number | null;
}

/** `axis` is of all that is drawn, `seen` of what is looked at: by that, the detail is chosen. */
export function pricesScene(
  state: FlowState,
  { axis, seen }: { axis: TimeAxis; seen: TimeAxis },
  size: Size,
  settings: FlowSettings,
  { clearedMs }: Pick<Wiped, "clearedMs">,
): PricesScene {
  const { view } = axis;
  const heightOf = (tick: number) => yOf(view, tick);
  const bars = barsScene(state, { axis, seen }, size, settings);
  const told = settings.levels ? state.levels : [];
  const profile = profileShown(state, settings.profile);
  return {
    size,
    seenWidth: seen.width,
    view,
    axis,
    bars,
    isBelow: settings.bubbles,
    fixed: fixedSpan(settings, axis),
    hours: settings.hours ? hoursScene(state, axis) : null,
    developing: settings.developing ? developingScene(state, axis) : null,
    levels: levelLines(levelsOf({ levels: told, tick: state.tick }, profile), view, size),
    naked: settings.nakedPocs ? nakedRays(state, axis, size) : [],
    zones: settings.zones ? zonesScene(state, axis, size) : [],
    legs: settings.legs ? legsScene(state, axis, heightOf) : [],
    marks: marksScene(state, axis, size, settings.marks, clearedMs, bars.candles),
    disagreements: settings.marks.includes("divergence")
      ? segmentsOf(state, axis, ({ fromTick, toTick }) => [heightOf(fromTick), heightOf(toTick)])
      : [],
    lastY: state.lastTick === null ? null : heightOf(state.lastTick),
  };
}

function fixedSpan({ profile, fixedRange }: FlowSettings, axis: TimeAxis): PricesScene["fixed"] {
  if (profile !== "fixed" || fixedRange === null) return null;
  return { x: axis.x(fixedRange.fromMs), toX: axis.x(fixedRange.toMs) };
}

function legsScene(state: FlowState, axis: TimeAxis, heightOf: (tick: number) => number): Leg[] {
  return state.legs
    .map((leg) => ({
      x: axis.x(Number(leg.startNs) / 1e6),
      y: heightOf(leg.startPrice / state.tick),
      toX: axis.x(Number(leg.endNs) / 1e6),
      toY: heightOf(leg.endPrice / state.tick),
      isUp: leg.direction === "bullish",
      low: leg.lvn.map((price) => heightOf(price / state.tick)),
    }))
    .filter(({ x, toX }) => toX > 0 && x < axis.width);
}
