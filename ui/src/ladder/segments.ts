/** The orders of a row as segments of its bar, in queue order from the price outwards. */

import { orderCount, orderId, orderSize } from "../book/orders";
import type { BookLevel } from "../book/wire";
import type { RowDepth } from "./rows";

/** Orders closer together than this are not told apart. */
export const LEAST_CUT_PX = 3;

/** One order of a row. */
export interface Segment {
  level: BookLevel;
  /** In the queue of its level, 0 at the front. */
  place: number;
  /** Size of the row before it and with it, from the price outwards. */
  from: number;
  to: number;
}

/** The order that lies at this much size from the price; null beyond the last one. */
export function segmentAt(depth: RowDepth, offset: number): Segment | null {
  return findSegment(depth, (_level, _place, to) => offset < to);
}

export function segmentOf(depth: RowDepth, id: bigint): Segment | null {
  return findSegment(depth, (level, place) => orderId(level.orders, place) === id);
}

function findSegment(
  depth: RowDepth,
  isIt: (level: BookLevel, place: number, to: number) => boolean,
): Segment | null {
  let from = 0;
  for (const level of depth.levels) {
    const count = orderCount(level.orders);
    for (let place = 0; place < count; place += 1) {
      const to = from + orderSize(level.orders, place);
      if (isIt(level, place, to)) return { level, place, from, to };
      from = to;
    }
  }
  return null;
}

/**
 * Where to cut a bar into its orders: pixels from the price outwards. Cuts closer than `leastPx` to the
 * one before are left out, since they would be nothing but a blur.
 */
export function cutsOf(depth: RowDepth, pxPerSize: number, leastPx: number): number[] {
  const cuts: number[] = [];
  let [offset, before] = [0, 0];
  for (const level of depth.levels) {
    const count = orderCount(level.orders);
    for (let place = 0; place < count; place += 1) {
      offset += orderSize(level.orders, place) * pxPerSize;
      if (offset - before < leastPx) continue;
      cuts.push(offset);
      before = offset;
    }
  }
  return cuts;
}
