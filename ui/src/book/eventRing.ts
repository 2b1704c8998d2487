/** The latest records and their effects, packed as they came: nothing is made of them before someone looks. */

import { countAt, priceAt } from "./decode";
import { EVENT_BYTES } from "./wire";

/** In the order of their numbers in the binary form. */
export const EFFECT_KINDS = ["none", "add", "cancel", "modify", "clear"] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

/** What a record did to its book. */
export interface Effect {
  kind: EffectKind;
  /** Why there was none: 0 there was one, 1 such a record never rests, 2 unknown order, 3 bad record. */
  reason: number;
  side: string;
  /** Where it rested before a modify. */
  oldSide: string;
  price: number;
  oldPrice: number;
  size: number;
  oldSize: number;
}

/** An `mbo` record and its effect. */
export interface BookEvent {
  position: number;
  publisherId: number;
  instrumentId: number;
  tsEvent: bigint;
  tsRecv: bigint;
  tsInDelta: number;
  orderId: bigint;
  /** In units of 1e-9; NaN: none. */
  price: number;
  size: number;
  flags: number;
  channelId: number;
  sequence: number;
  /** `A`, `C`, `M`, `R`, `T`, `F` or `N`. */
  action: string;
  side: string;
  effect: Effect;
}

export class EventRing {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  /** How many were ever pushed: the index of the next one. */
  end = 0;
  /** Raised by `clear`: what was before it is gone. */
  private floor = 0;

  constructor(private readonly capacity: number) {
    this.bytes = new Uint8Array(capacity * EVENT_BYTES);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Index of the oldest one still held. */
  get begin(): number {
    return Math.max(this.floor, this.end - this.capacity);
  }

  push(bytes: Uint8Array, count: number): void {
    const first = Math.max(0, count - this.capacity);
    for (let i = first; i < count; i += 1) {
      const from = i * EVENT_BYTES;
      const to = ((this.end + i) % this.capacity) * EVENT_BYTES;
      this.bytes.set(bytes.subarray(from, from + EVENT_BYTES), to);
    }
    this.end += count;
  }

  clear(): void {
    this.floor = this.end;
  }

  positionAt(index: number): number {
    return countAt(this.view, this.slot(index));
  }

  /** Whether the record at this index tells of an order: cheap, for looking through many. */
  isOf(index: number, orderId: bigint): boolean {
    return this.view.getBigUint64(this.slot(index) + 24, true) === orderId;
  }

  at(index: number): BookEvent {
    const at = this.slot(index);
    const { view } = this;
    // The record begins with a header of 16 bytes: length, rtype, publisher, instrument, ts_event.
    const record = at + 8;
    const effect = record + 56;
    return {
      position: countAt(view, at),
      publisherId: view.getUint16(record + 2, true),
      instrumentId: view.getUint32(record + 4, true),
      tsEvent: view.getBigInt64(record + 8, true),
      orderId: view.getBigUint64(record + 16, true),
      price: priceAt(view, record + 24),
      size: view.getUint32(record + 32, true),
      flags: view.getUint8(record + 36),
      channelId: view.getUint8(record + 37),
      action: String.fromCharCode(view.getUint8(record + 38)),
      side: String.fromCharCode(view.getUint8(record + 39)),
      tsRecv: view.getBigInt64(record + 40, true),
      tsInDelta: view.getInt32(record + 48, true),
      sequence: view.getUint32(record + 52, true),
      effect: {
        kind: EFFECT_KINDS[view.getUint8(effect)] ?? "none",
        reason: view.getUint8(effect + 1),
        side: String.fromCharCode(view.getUint8(effect + 2)),
        oldSide: String.fromCharCode(view.getUint8(effect + 3)),
        price: priceAt(view, effect + 8),
        oldPrice: priceAt(view, effect + 16),
        size: view.getUint32(effect + 24, true),
        oldSize: view.getUint32(effect + 28, true),
      },
    };
  }

  private slot(index: number): number {
    if (index < this.begin || index >= this.end) {
      throw new RangeError(`event ${index} is not held: ${this.begin} to ${this.end - 1} are`);
    }
    return (index % this.capacity) * EVENT_BYTES;
  }
}
