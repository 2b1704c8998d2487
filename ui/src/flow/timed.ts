/** Things in the order of their time, no more than so many; a late one goes to its place. */

export interface Timed {
  /** Milliseconds since the epoch. */
  ms: number;
}

/** The first place of a sorted list whose time is not before `ms`. */
export function firstFrom(
  items: { readonly length: number },
  timeAt: (at: number) => number,
  ms: number,
): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeAt(middle) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class TimedList<Item extends Timed> {
  readonly items: Item[] = [];
  /** How many were forgotten at the beginning. */
  forgotten = 0;

  constructor(readonly most: number) {}

  get newest(): Item | null {
    return this.items[this.items.length - 1] ?? null;
  }

  put(item: Item): void {
    const { items } = this;
    const last = items[items.length - 1];
    if (last === undefined || last.ms <= item.ms) items.push(item);
    else items.splice(this.from(item.ms + Number.MIN_VALUE), 0, item);
    if (items.length > this.most * 1.25) {
      this.forgotten += items.splice(0, items.length - this.most).length;
    }
  }

  /** Place of the first one that is not before `ms`. */
  from(ms: number): number {
    return firstFrom(this.items, (at) => this.items[at]?.ms ?? 0, ms);
  }

  /** Those from `fromMs` to before `toMs`. */
  between(fromMs: number, toMs: number): Item[] {
    return this.items.slice(this.from(fromMs), this.from(toMs));
  }

  clear(): void {
    this.items.length = 0;
    this.forgotten = 0;
  }
}
