/** Trades of the columns that are seen, gathered into circles: area by volume, colour by aggressor. */

import type { Column } from "./column";
import type { ColumnRing } from "./ring";
import { type Size, type View, xOf, yOf } from "./view";

/** Of each circle: x, y, radius in pixels, share bought (negative: no aggressor is known). */
export const DOT_FLOATS = 4;
export const MOST_DOTS = 4_096;
/** Narrower columns share their circles: circles on top of each other tell nothing. */
const NARROWEST_PX = 12;
const LARGEST_PX = 22;
const SMALLEST_PX = 2;

interface Heap {
  volume: number;
  /** Sum of price by volume, in ticks. */
  weighted: number;
}

/** How many columns share their circles: a power of two, so that circles stay put as time goes on. */
export function columnsPerDot(columnPx: number): number {
  let columns = 1;
  while (columns * columnPx < NARROWEST_PX && columns < 1_024) columns *= 2;
  return columns;
}

/** Radius in pixels of a circle whose area stands for `volume`; `full` fills the largest. */
export function radiusOf(volume: number, full: number): number {
  return Math.max(SMALLEST_PX, LARGEST_PX * Math.sqrt(Math.min(1, volume / Math.max(1, full))));
}

/** Circles of a view, written to `into`; gives how many. */
export class TradeDots {
  readonly floats = new Float32Array(MOST_DOTS * DOT_FLOATS);
  count = 0;
  private readonly heaps: [Heap, Heap, Heap] = [
    { volume: 0, weighted: 0 },
    { volume: 0, weighted: 0 },
    { volume: 0, weighted: 0 },
  ];
  private volumes: number[] = [];

  /** Gather the circles of columns from `first` to before `end`. */
  gather(ring: ColumnRing, first: number, end: number, view: View, size: Size): void {
    const columnPx = ring.everyMs / view.msPerPx;
    const share = columnsPerDot(columnPx);
    const rowPx = 1 / view.ticksPerPx;
    // Where rows and columns are wide, every price has its own circle.
    const isByPrice = share === 1 && rowPx >= 8;
    this.count = 0;
    this.volumes = [];
    const from = Math.floor(first / share) * share;
    for (let begin = from; begin < end; begin += share) {
      const middleMs = (begin + share / 2) * ring.everyMs;
      const x = xOf(view, size.width, middleMs);
      for (let index = begin; index < begin + share && index < end; index += 1) {
        const column = ring.get(index);
        if (column === null) continue;
        this.heap(column, isByPrice ? { x, view } : null);
      }
      if (!isByPrice) this.flush(x, view);
    }
    this.scale(Math.min(LARGEST_PX, Math.max(5, Math.max(columnPx * share, rowPx) * 0.55)));
  }

  private heap(column: Column, apart: { x: number; view: View } | null): void {
    const { ticks, bought, sold, neither } = column.trades;
    for (let i = 0; i < ticks.length; i += 1) {
      const tick = ticks[i] ?? 0;
      for (const [side, volumes] of [bought, sold, neither].entries()) {
        const volume = volumes[i] ?? 0;
        const heap = this.heaps[side];
        if (volume <= 0 || heap === undefined) continue;
        heap.volume += volume;
        heap.weighted += volume * tick;
      }
      if (apart !== null) this.flush(apart.x, apart.view);
    }
  }

  private flush(x: number, view: View): void {
    for (const [side, heap] of this.heaps.entries()) {
      if (heap.volume > 0) this.put(x, yOf(view, heap.weighted / heap.volume), heap.volume, side);
      heap.volume = 0;
      heap.weighted = 0;
    }
  }

  private put(x: number, y: number, volume: number, side: number): void {
    if (this.count >= MOST_DOTS) return;
    const at = this.count * DOT_FLOATS;
    this.floats[at] = x;
    this.floats[at + 1] = y;
    this.floats[at + 3] = side === 0 ? 1 : side === 1 ? 0 : -1;
    this.volumes.push(volume);
    this.count += 1;
  }

  /** The volume that all but the largest hundredth do not exceed fills a circle. */
  private scale(largestPx: number): void {
    if (this.count === 0) return;
    const sorted = [...this.volumes].sort((a, b) => a - b);
    const full = sorted[Math.floor((sorted.length - 1) * 0.99)] ?? 1;
    const shrink = largestPx / LARGEST_PX;
    for (const [i, volume] of this.volumes.entries()) {
      const radius = radiusOf(volume, full) * shrink;
      this.floats[i * DOT_FLOATS + 2] = Math.max(1.5, radius);
    }
  }
}
