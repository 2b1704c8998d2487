/** Draws what happened when in a tape: records as bars, volume over them, gaps and crossings as marks. */

import type { ReplayActivity, TapePlace } from "../api/replayActivity";
import { fractionOf } from "../market/seeking";

export interface StripColours {
  records: string;
  /** Of what lies behind the cursor. */
  past: string;
  volume: string;
  gap: string;
  crossing: string;
}

const MARK_PX = 5;

// A snapshot or an opening is far above all else: the busiest of a hundred columns is cut off.
const CUT_OFF = 0.99;

/** Heights from 0 to 1 of so many columns; the square root keeps quiet times in sight of busy ones. */
export function heights(values: readonly number[], columns: number): number[] {
  const sums = new Array<number>(columns).fill(0);
  values.forEach((value, i) => {
    const column = Math.min(columns - 1, Math.floor((i * columns) / values.length));
    sums[column] = (sums[column] ?? 0) + value;
  });
  const most = [...sums].sort((a, b) => a - b)[Math.floor((columns - 1) * CUT_OFF)] ?? 0;
  const full = most > 0 ? most : Math.max(...sums);
  return sums.map((sum) => (full > 0 ? Math.sqrt(Math.min(1, sum / full)) : 0));
}

export function readStripColours(element: Element): StripColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    records: colour("--strip"),
    past: colour("--strip-past"),
    volume: colour("--strip-volume"),
    gap: colour("--warn"),
    crossing: colour("--bad"),
  };
}

export function drawActivity(
  canvas: HTMLCanvasElement,
  activity: ReplayActivity | null,
  cursor: number,
  colours: StripColours,
): void {
  const context = canvas.getContext("2d");
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (context === null || width === 0) return;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  context.clearRect(0, 0, width, height);
  if (activity === null || activity.buckets.length === 0) return;
  // Two pixels a column: no column without a bucket of its own.
  const columns = Math.min(activity.buckets.length, Math.floor(width / 2));
  const step = width / columns;
  const records = heights(
    activity.buckets.map((bucket) => bucket.records),
    columns,
  );
  const volume = heights(
    activity.buckets.map((bucket) => bucket.volume),
    columns,
  );
  const room = height - MARK_PX - 1;
  for (let i = 0; i < columns; i += 1) {
    const x = i * step;
    context.fillStyle = (i + 1) / columns <= cursor ? colours.past : colours.records;
    const high = (records[i] ?? 0) * room;
    context.fillRect(x, height - high, Math.max(1, step - 0.5), high);
    context.fillStyle = colours.volume;
    const traded = (volume[i] ?? 0) * room * 0.5;
    context.fillRect(x, height - traded, Math.max(1, step - 0.5), traded);
  }
  const mark = (places: readonly TapePlace[], colour: string) => {
    context.fillStyle = colour;
    for (const { tsNs } of places) {
      const x = fractionOf({ ...activity, cursorNs: tsNs }) * (width - 2);
      context.fillRect(x, 0, 2, MARK_PX);
    }
  };
  mark(activity.crossings, colours.crossing);
  mark(activity.gaps, colours.gap);
}
