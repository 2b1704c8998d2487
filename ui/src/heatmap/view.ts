/** What of time and price is seen: pure transforms. Times in milliseconds since the epoch, prices in ticks. */

export interface View {
  /** Time at the right edge. */
  endMs: number;
  msPerPx: number;
  /** Price at the upper edge, in ticks; the row of tick 5 reaches from 4.5 to 5.5. */
  topTick: number;
  ticksPerPx: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface TickRange {
  low: number;
  high: number;
}

const FEWEST_MS_PER_PX = 2;
const MOST_MS_PER_PX = 900_000;
const FEWEST_TICKS_PER_PX = 1 / 80;
const MOST_TICKS_PER_PX = 64;
/** Room above and below what a refit shows. */
const MARGIN = 0.08;

/** Lengths of a column that the server is asked for. */
export const COLUMN_LENGTHS_MS = [
  100, 250, 1_000, 5_000, 15_000, 60_000, 300_000, 900_000,
] as const;

export function timeAt(view: View, width: number, x: number): number {
  return view.endMs - (width - x) * view.msPerPx;
}

export function xOf(view: View, width: number, ms: number): number {
  return width - (view.endMs - ms) / view.msPerPx;
}

export function tickAt(view: View, y: number): number {
  return view.topTick - y * view.ticksPerPx;
}

export function yOf(view: View, tick: number): number {
  return (view.topTick - tick) / view.ticksPerPx;
}

/** Zoom time: what stood at `x` stays there. */
export function zoomTime(view: View, width: number, x: number, factor: number): View {
  const msPerPx = clamp(view.msPerPx * factor, FEWEST_MS_PER_PX, MOST_MS_PER_PX);
  return { ...view, msPerPx, endMs: timeAt(view, width, x) + (width - x) * msPerPx };
}

/** Zoom price: what stood at `y` stays there. */
export function zoomPrice(view: View, y: number, factor: number): View {
  const ticksPerPx = clamp(view.ticksPerPx * factor, FEWEST_TICKS_PER_PX, MOST_TICKS_PER_PX);
  return { ...view, ticksPerPx, topTick: tickAt(view, y) + y * ticksPerPx };
}

/** Move what is seen by as many pixels as a pointer went. */
export function pan(view: View, dx: number, dy: number): View {
  return {
    ...view,
    endMs: view.endMs - dx * view.msPerPx,
    topTick: view.topTick + dy * view.ticksPerPx,
  };
}

/** Put a price in the middle. */
export function centre(view: View, height: number, tick: number): View {
  return { ...view, topTick: tick + (height / 2) * view.ticksPerPx };
}

/** Show a range of prices, and some room around it. */
export function fitPrice(view: View, height: number, range: TickRange): View {
  const ticks = (range.high - range.low + 1) / (1 - 2 * MARGIN);
  const ticksPerPx = clamp(ticks / Math.max(1, height), FEWEST_TICKS_PER_PX, MOST_TICKS_PER_PX);
  return centre({ ...view, ticksPerPx }, height, (range.low + range.high) / 2);
}

/** The shortest columns that are at least about a pixel wide. */
export function columnLength(msPerPx: number): number {
  const fits = COLUMN_LENGTHS_MS.find((everyMs) => everyMs >= msPerPx * 0.99);
  return fits ?? COLUMN_LENGTHS_MS[COLUMN_LENGTHS_MS.length - 1] ?? 900_000;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
