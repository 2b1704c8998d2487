/** Columns by time, as many as the texture has room for: a column has one place, wherever time stands. */

import type { Column } from "./column";
import { SizeHistogram } from "./cutoffs";

/** Where a column lies in the texture. */
export function slotOf(index: number, capacity: number): number {
  return ((index % capacity) + capacity) % capacity;
}

/** How often the ring went round before a column: tells it from others of its place. */
export function lapOf(index: number, capacity: number): number {
  return Math.floor(index / capacity);
}

export class ColumnRing {
  private readonly columns: (Column | null)[];
  /** Of all columns that are held. */
  readonly sizes = new SizeHistogram();
  /** Index of the latest column held; -1: none. */
  newest = -1;

  /** `capacity` is a power of two, as slots are told by bits on the graphics card. */
  constructor(
    readonly everyMs: number,
    readonly capacity: number,
  ) {
    if ((capacity & (capacity - 1)) !== 0) throw new RangeError(`${capacity} is no power of two`);
    this.columns = new Array<Column | null>(capacity).fill(null);
  }

  /** Keep a column, in place of what lay in its place; older than the ring is long: not kept. */
  put(column: Column): boolean {
    if (column.index <= this.newest - this.capacity) return false;
    const slot = slotOf(column.index, this.capacity);
    const before = this.columns[slot];
    if (before != null) this.sizes.remove(before.sizes);
    this.columns[slot] = column;
    this.sizes.add(column.sizes);
    this.newest = Math.max(this.newest, column.index);
    return true;
  }

  get(index: number): Column | null {
    const column = this.columns[slotOf(index, this.capacity)];
    return column?.index === index ? column : null;
  }

  /** The latest column at or before an index, less than `most` back. */
  atOrBefore(index: number, most: number): Column | null {
    if (this.newest < 0) return null;
    for (let back = 0; back < most; back += 1) {
      const column = this.get(index - back);
      if (column !== null) return column;
    }
    return null;
  }

  /** The column that lies in a place, whichever it is. */
  inSlot(slot: number): Column | null {
    return this.columns[slot] ?? null;
  }

  clear(): void {
    this.columns.fill(null);
    this.sizes.clear();
    this.newest = -1;
  }
}
