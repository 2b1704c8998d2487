/** Keep the newest time at the right edge and its prices in sight. */

import {
  centre,
  clamp,
  fitPrice,
  type Size,
  type TickRange,
  type View,
  yOf,
} from "../heatmap/view";
import type { FlowState } from "./flowState";
import { BAR_UNITS, isByTime, type TimeAxis } from "./scene/timeAxis";

/** Room right of the newest time, in pixels: names of levels stand there. */
const AHEAD = { share: 0.2, least: 28, most: 68 };
/** Share of the height in which a followed price may wander when a person chose the scale. */
const CALM = 0.7;
const FEWEST_TICKS = 24;

const BAR_PX = { least: 9, most: 26 };
const FOOTPRINT_PX = 96;

/** How many milliseconds a pixel is at first: as many bars as there are, unless they would be too narrow or too wide. */
export function firstScale(every: string, isFootprint: boolean, width = 0, bars = 0): number {
  const [, count = "1", unit = "m"] = /^(\d+)([a-z]+)$/.exec(every) ?? [];
  const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const length = isByTime(every) ? Number(count) * (units[unit] ?? 1_000) : BAR_UNITS;
  const fitting = clamp((0.9 * width) / Math.max(1, bars), BAR_PX.least, BAR_PX.most);
  return clamp(length / (isFootprint ? FOOTPRINT_PX : fitting), 2, 900_000);
}

/** Move on by whole pixels: between them nothing would look otherwise. */
export function atNow(view: View, place: number, width = 0): View {
  const wanted = place + clamp(AHEAD.share * width, AHEAD.least, AHEAD.most) * view.msPerPx;
  const moved = Math.round((wanted - view.endMs) / view.msPerPx);
  return moved === 0 ? view : { ...view, endMs: wanted };
}

export function rangeSeen(
  state: Pick<FlowState, "bars" | "lastTick">,
  axis: TimeAxis,
): TickRange | null {
  const { bars, lastTick } = state;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const end = bars.from(axis.toMs);
  for (let at = Math.max(0, bars.from(axis.fromMs) - 1); at < end; at += 1) {
    const bar = bars.items[at];
    // The last of a session before is not in sight for having been the newest.
    if (bar === undefined || bar.endMs <= axis.fromMs) continue;
    low = Math.min(low, bar.low);
    high = Math.max(high, bar.high);
  }
  if (low <= high) return { low, high };
  return lastTick === null ? null : { low: lastTick, high: lastTick };
}

/** The view fitted to the prices seen, once they have outgrown it or shrunk to a part of it. */
export function keptFitting(view: View, size: Size, range: TickRange, isAnew = false): View {
  const middle = (range.low + range.high) / 2;
  const half = Math.max(FEWEST_TICKS, range.high - range.low) / 2;
  const wanted = fitPrice(view, size.height, { low: middle - half, high: middle + half });
  const edge = 0.02 * size.height;
  const isOut = yOf(view, range.high) < edge || yOf(view, range.low) > size.height - edge;
  return isAnew || isOut || wanted.ticksPerPx < view.ticksPerPx / 1.6 ? wanted : view;
}

export function keptCentred(view: View, size: Size, tick: number): View {
  const y = yOf(view, tick);
  const edge = ((1 - CALM) / 2) * size.height;
  return y < edge || y > size.height - edge ? centre(view, size.height, tick) : view;
}
