/** One book as the stream tells it: a snapshot, then what changed. Changed in place; `version` counts. */

import type { Book, Level } from "../api/messages";
import { EventRing } from "./eventRing";
import {
  type BookHeader,
  type BookLevel,
  type BookMessage,
  type BookSideLetter,
  Flag,
  type SidedLevel,
  type TradedVolume,
} from "./wire";

/** What came of a message: applied, or changes that miss the ones before them. */
export type Applied = "applied" | "missed";

const MOST_EVENTS = 4_096;
/** Of the followed order, between two pictures. */
const MOST_FOLLOWED = 1_024;

export class BookState {
  /** Best first. Never write to them. */
  readonly bids: BookLevel[] = [];
  readonly asks: BookLevel[] = [];
  /** By price. */
  readonly volume = new Map<number, TradedVolume>();
  /** The latest records and what they did to the book. */
  readonly events = new EventRing(MOST_EVENTS);
  /** Every record of the order that the page follows; some may come twice. */
  readonly followed = new EventRing(MOST_FOLLOWED);
  timeNs = 0n;
  position = 0;
  sequence = 0;
  touch = 0;
  flags = 0;
  /** Whether a snapshot has come, and nothing was missed since. */
  isWhole = false;
  /** Changes with everything that could be seen of this book. */
  version = 0;
  /** Changes with the traded volume. */
  volumeVersion = 0;
  /** Changes when the book starts over: what was heard of its orders may not have happened yet. */
  life = 0;

  constructor(
    readonly publisherId: number,
    readonly instrumentId: number,
  ) {}

  get isCrossed(): boolean {
    return (this.flags & Flag.crossed) !== 0;
  }

  get isLocked(): boolean {
    return (this.flags & Flag.locked) !== 0;
  }

  get isStale(): boolean {
    return (this.flags & Flag.stale) !== 0;
  }

  side(side: BookSideLetter): readonly BookLevel[] {
    return side === "B" ? this.bids : this.asks;
  }

  /** Level of a side at a price, if it is among those shown. */
  levelAt(side: BookSideLetter, price: number): BookLevel | null {
    const levels = side === "B" ? this.bids : this.asks;
    const at = search(levels, price, side);
    const level = levels[at];
    return level?.price === price ? level : null;
  }

  apply(message: BookMessage): Applied {
    switch (message.kind) {
      case "snapshot":
        this.bids.length = 0;
        this.asks.length = 0;
        for (const level of message.levels) this.sideOf(level.side).push(level);
        this.isWhole = true;
        this.take(message.header);
        break;
      case "changes":
        if (!this.isWhole || message.header.sequence !== this.sequence + 1) {
          this.isWhole = false;
          return "missed";
        }
        if (message.header.touch !== this.touch) this.forgetPulling();
        for (const level of message.levels) this.put(level);
        this.take(message.header);
        break;
      case "volume":
        for (const traded of message.volume) this.volume.set(traded.price, traded);
        this.volumeVersion += 1;
        break;
      case "events":
        this.ringOf(message.header).push(message.bytes, message.count);
        break;
      case "reset":
        this.clear();
        break;
      case "columns":
        // Of the past, not of the book: the stream hands them to who draws it.
        return "applied";
    }
    this.version += 1;
    return "applied";
  }

  /** Take the book from a stream that tells whole levels: no orders, nothing of what was added or cancelled. */
  showLevels(book: Book): void {
    const plain = ({ price, size, count }: Level): BookLevel => {
      const orders = new Uint32Array(0);
      return { price: Number(price), size, count, added: 0, cancelled: 0, orders };
    };
    this.bids.splice(0, this.bids.length, ...book.bids.map(plain));
    this.asks.splice(0, this.asks.length, ...book.asks.map(plain));
    this.timeNs = book.tsEvent;
    this.flags =
      (book.crossed ? Flag.crossed : 0) |
      (book.locked ? Flag.locked : 0) |
      (book.stale ? Flag.stale : 0);
    this.isWhole = true;
    this.version += 1;
  }

  /** Its levels stay on the screen until the snapshot of a new connection is there. */
  expectAnew(): void {
    this.isWhole = false;
    this.volume.clear();
    this.events.clear();
    this.followed.clear();
    this.volumeVersion += 1;
  }

  clear(): void {
    this.bids.length = 0;
    this.asks.length = 0;
    this.volume.clear();
    this.events.clear();
    this.followed.clear();
    this.isWhole = false;
    this.flags = 0;
    this.version += 1;
    this.volumeVersion += 1;
    this.life += 1;
  }

  private ringOf(header: BookHeader): EventRing {
    return (header.flags & Flag.followed) === 0 ? this.events : this.followed;
  }

  private take(header: BookHeader): void {
    this.sequence = header.sequence;
    this.timeNs = header.timeNs;
    this.position = header.position;
    this.touch = header.touch;
    this.flags = header.flags;
  }

  private sideOf(side: BookSideLetter): BookLevel[] {
    return side === "B" ? this.bids : this.asks;
  }

  private put(level: SidedLevel): void {
    const levels = this.sideOf(level.side);
    const at = search(levels, level.price, level.side);
    const isThere = levels[at]?.price === level.price;
    if (level.size === 0) {
      if (isThere) levels.splice(at, 1);
    } else if (isThere) levels[at] = level;
    else levels.splice(at, 0, level);
  }

  /** The best prices changed: what was added and cancelled counts from here. */
  private forgetPulling(): void {
    for (const levels of [this.bids, this.asks]) {
      for (const level of levels) {
        level.added = 0;
        level.cancelled = 0;
      }
    }
  }
}

/** Index of the first level that is not better than `price`: where it stands or would stand. */
function search(levels: readonly BookLevel[], price: number, side: BookSideLetter): number {
  let [low, high] = [0, levels.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = levels[middle]?.price ?? 0;
    if (side === "B" ? at > price : at < price) low = middle + 1;
    else high = middle;
  }
  return low;
}
