/** Numbers by time, each column an array of its own: a day of seconds is walked through in a fraction of a frame. */

import { firstFrom } from "./timed";

const FIRST = 1_024;

export class Series {
  private times = new Float64Array(FIRST);
  private columns: Float64Array[];
  length = 0;

  /** `width` numbers a time, at most `most` times. */
  constructor(
    readonly width: number,
    readonly most: number,
  ) {
    this.columns = Array.from({ length: width }, () => new Float64Array(FIRST));
  }

  /** Put a row; one of the same time is replaced, one that is late is left out. */
  put(ms: number, row: readonly number[]): void {
    const last = this.length > 0 ? this.msAt(this.length - 1) : Number.NEGATIVE_INFINITY;
    if (ms < last) return;
    if (ms > last) {
      if (this.length >= this.most) this.forget(Math.ceil(this.most / 5));
      if (this.length === this.times.length) this.grow();
      this.length += 1;
    }
    const at = this.length - 1;
    this.times[at] = ms;
    for (const [i, column] of this.columns.entries()) column[at] = row[i] ?? Number.NaN;
  }

  msAt(at: number): number {
    return this.times[at] ?? Number.NaN;
  }

  get(at: number, column: number): number {
    return this.columns[column]?.[at] ?? Number.NaN;
  }

  /** Place of the first time that is not before `ms`. */
  from(ms: number): number {
    return firstFrom(this, (at) => this.msAt(at), ms);
  }

  /** The number of a column at the last time up to `ms`; null before the first. */
  standingAt(ms: number, column: number): number | null {
    const at = this.from(ms + 1e-3) - 1;
    return at < 0 ? null : this.get(at, column);
  }

  clear(): void {
    this.length = 0;
  }

  private forget(count: number): void {
    for (const column of [this.times, ...this.columns]) column.copyWithin(0, count, this.length);
    this.length -= count;
  }

  private grow(): void {
    const larger = (column: Float64Array) => {
      const grown = new Float64Array(column.length * 2);
      grown.set(column);
      return grown;
    };
    this.times = larger(this.times);
    this.columns = this.columns.map(larger);
  }
}
