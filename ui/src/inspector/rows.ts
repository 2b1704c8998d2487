/** The records that the inspector lists, newest first, over the ring that the stream fills. */

import type { BookState } from "../book/bookState";
import type { BookEvent } from "../book/eventRing";
import { orderCount, placeOf } from "../book/orders";
import { LAST, type QueuePlace } from "./words";

/** Records by index, oldest first: the stream's ring, or what was fetched of a paused replay. */
export interface Records {
  readonly begin: number;
  readonly end: number;
  at(index: number): BookEvent;
  positionAt(index: number): number;
}

/** Records that were fetched. */
export function recordsOf(events: readonly BookEvent[]): Records {
  const at = (index: number): BookEvent => {
    const event = events[index];
    if (event === undefined) throw new RangeError(`record ${index} of ${events.length}`);
    return event;
  };
  return { begin: 0, end: events.length, at, positionAt: (index) => at(index).position };
}

/** Index of the ring's record that stands in a row of the list; `end` is where the list begins. */
export function indexOfRow(end: number, row: number): number {
  return end - 1 - row;
}

export function rowCount(ring: Records, end: number): number {
  return Math.max(0, end - ring.begin);
}

/**
 * Where the list ends that was held with its newest record at a position, in whichever records are shown now;
 * null: it is not held, or nothing of it is here any more.
 */
export function heldEnd(ring: Records, held: number | null): number | null {
  if (held === null) return null;
  const end = endAfter(ring, ring.end, held);
  return end > ring.begin ? end : null;
}

/** Index after the last record before `end` that stands at a position or before it; `begin`: there is none. */
function endAfter(ring: Records, end: number, position: number): number {
  let [low, high] = [ring.begin, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ring.positionAt(middle) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the newest records are of one event: the one that the market, or a step, just made. */
export function newestEvent(ring: Records): number {
  const { begin, end } = ring;
  let count = 0;
  for (let at = end - 1; at >= begin; at -= 1) {
    if (count > 0 && (ring.at(at).flags & LAST) !== 0) break;
    count += 1;
  }
  return count;
}

/** Row of the record at a position; -1 if it is not, or no longer, held. */
export function rowOf(ring: Records, end: number, position: number): number {
  const at = endAfter(ring, end, position) - 1;
  return at >= ring.begin && ring.positionAt(at) === position ? end - 1 - at : -1;
}

/** Where the order of a record stands now in the book that is shown, if its level lists its orders. */
export function placeNow(book: BookState, event: BookEvent): QueuePlace | null {
  const { effect, orderId } = event;
  if (effect.kind !== "add" && effect.kind !== "modify") return null;
  if (effect.side !== "B" && effect.side !== "A") return null;
  const level = book.levelAt(effect.side, effect.price);
  if (level === null) return null;
  const place = placeOf(level.orders, orderId);
  return place < 0 ? null : { place: place + 1, of: orderCount(level.orders) };
}
