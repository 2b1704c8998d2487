/** Bubbles that are seen: area by size, the large ones first, so that small ones lie on top of them. */

import { type Size, type View, yOf } from "../../heatmap/view";
import type { BubbleItem, FlowState } from "../flowState";
import type { TimeAxis } from "./timeAxis";

export interface BubbleShape {
  x: number;
  y: number;
  radius: number;
  item: BubbleItem;
}

export interface BubblesScene {
  shapes: BubbleShape[];
  /** Smaller ones are left out because there are too many; 0: none are. */
  leastSize: number;
}

/** Which are shown at all. */
export interface BubblesLimits {
  minSize: number;
  /** No more than about as many: the largest. */
  most: number;
  clearedMs: number;
}

/** More than this on one picture are a blot. */
export const MOST_BUBBLES = 3_000;
const SMALLEST_PX = 1.5;
const LARGEST_PX = 30;
/** All together they cover no more than a band of this height along the price. */
const BAND_PX = 32;
const LEAST_LARGEST_PX = 7;
const SIZES = 4_096;
const counts = new Uint32Array(SIZES);

/** The size that `share` of the bubbles do not exceed. */
export function sizeAt(
  items: readonly BubbleItem[],
  from: number,
  to: number,
  share: number,
): number {
  counts.fill(0);
  for (let at = from; at < to; at += 1) {
    const place = Math.min(SIZES - 1, Math.max(0, Math.round(items[at]?.size ?? 0)));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  let left = (to - from) * share;
  for (let size = 0; size < SIZES; size += 1) {
    left -= counts[size] ?? 0;
    if (left <= 0) return size;
  }
  return SIZES - 1;
}

export function radiusOf(size: number, full: number, largest: number): number {
  const radius = largest * Math.sqrt(size / Math.max(1, full));
  return Math.min(1.4 * largest, Math.max(SMALLEST_PX, radius));
}

export function bubblesScene(
  state: Pick<FlowState, "bubbles">,
  axis: TimeAxis,
  size: Size,
  { minSize, most, clearedMs }: BubblesLimits,
  seenHeight = size.height,
): BubblesScene {
  const { items } = state.bubbles;
  const from = state.bubbles.from(Math.max(axis.fromMs, clearedMs));
  const to = state.bubbles.from(axis.toMs);
  const full = Math.max(4, sizeAt(items, 0, items.length, 0.995));
  let [seen, area] = [0, 0];
  for (let at = from; at < to; at += 1) {
    const item = items[at];
    if (item === undefined || item.size < minSize) continue;
    seen += 1;
    area += Math.min(2, item.size / full);
  }
  const fitting = Math.sqrt((size.width * BAND_PX) / (Math.PI * Math.max(1, area)));
  const widest = Math.min(LARGEST_PX, seenHeight / 14);
  const largest = Math.max(LEAST_LARGEST_PX, Math.min(widest, fitting));
  const crowded = seen <= most ? 0 : sizeAt(items, from, to, 1 - most / (to - from)) + 1;
  const least = Math.max(minSize, crowded);
  const shapes: BubbleShape[] = [];
  for (let at = from; at < to; at += 1) {
    const item = items[at];
    if (item === undefined || item.size < least) continue;
    const shape = shapeOf(item, axis.view, axis, radiusOf(item.size, full, largest));
    if (shape.y > -shape.radius && shape.y < size.height + shape.radius) shapes.push(shape);
  }
  shapes.sort((a, b) => b.radius - a.radius);
  return { shapes, leastSize: crowded > minSize ? crowded : 0 };
}

function shapeOf(item: BubbleItem, view: View, axis: TimeAxis, radius: number): BubbleShape {
  return { x: axis.x(item.ms), y: yOf(view, item.tick), radius, item };
}

/** The bubble at a place: the smallest that holds it. */
export function bubbleAt(shapes: readonly BubbleShape[], x: number, y: number): BubbleShape | null {
  for (let at = shapes.length - 1; at >= 0; at -= 1) {
    const shape = shapes[at];
    if (shape === undefined) continue;
    const reach = Math.max(5, shape.radius);
    if ((shape.x - x) ** 2 + (shape.y - y) ** 2 <= reach * reach) return shape;
  }
  return null;
}
