/** A record of the tape, and what it did to its book, in words. */

import type { BookEvent } from "../book/eventRing";
import { formatPrice, formatSize, type Price } from "../market/prices";

export const ACTIONS: Record<string, string> = {
  A: "Add",
  C: "Cancel",
  M: "Modify",
  R: "Clear",
  T: "Trade",
  F: "Fill",
  N: "None",
};

export const SIDES: Record<string, string> = { B: "bid", A: "ask" };

/** Bits of a record's flags, as DBN names them. */
const FLAGS: readonly [number, string, string][] = [
  [128, "LAST", "The last record of its event"],
  [64, "TOB", "A top-of-book record"],
  [32, "SNAPSHOT", "Of a snapshot or of a recovery, not of the moment"],
  [16, "MBP", "An aggregated level, not one order"],
  [8, "BAD_TS_RECV", "Its receive time is not to be trusted"],
  [4, "MAYBE_BAD_BOOK", "After a gap: the book may be wrong"],
  [2, "PUBLISHER_SPECIFIC", "The publisher defines what it means"],
  [1, "RESERVED", "Not defined"],
];

export const LAST = 128;

export function flagsOf(flags: number): { name: string; meaning: string }[] {
  return FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name, meaning]) => ({
    name,
    meaning,
  }));
}

export function isEventEnd(event: BookEvent): boolean {
  return (event.flags & LAST) !== 0;
}

export function priceText(price: number, tick: Price | null): string {
  return Number.isNaN(price) ? "–" : formatPrice(BigInt(price), tick);
}

/** `1st`, `2nd`, `23rd`. */
export function ordinal(n: number): string {
  const tens = n % 100;
  const suffix = tens >= 11 && tens <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n.toLocaleString("en-US")}${suffix}`;
}

/** Where the order of a record stands now; null where the book shown does not say. */
export interface QueuePlace {
  /** 1 is the front. */
  place: number;
  of: number;
}

/** What a record did to its book. */
export function effectWords(event: BookEvent, tick: Price | null): string {
  const { effect } = event;
  const size = formatSize(effect.size);
  const at = `${SIDES[effect.side] ?? "no side"} ${priceText(effect.price, tick)}`;
  switch (effect.kind) {
    case "add":
      return `added ${size} at ${at}`;
    case "cancel":
      return `took away ${size} at ${at}`;
    case "modify":
      return modifyWords(event, tick);
    case "clear":
      return "emptied the book";
    case "none":
      return `no effect: ${whyNone(event)}`;
  }
}

function modifyWords({ effect }: BookEvent, tick: Price | null): string {
  const [size, before] = [formatSize(effect.size), formatSize(effect.oldSize)];
  const price = priceText(effect.price, tick);
  const sizes = effect.size === effect.oldSize ? size : `${before} → ${size}`;
  const turned = SIDES[effect.oldSide] !== undefined && effect.side !== effect.oldSide;
  const moved = turned || effect.price !== effect.oldPrice;
  if (moved) {
    const from = priceText(effect.oldPrice, tick);
    return `moved ${sizes} from ${from} to ${price}: behind all who wait there`;
  }
  // CME: more size is a new place in the queue, less keeps the old one.
  if (effect.size > effect.oldSize) return `${sizes} at ${price}: back to the end of the queue`;
  if (effect.size < effect.oldSize) return `${sizes} at ${price}: keeps its place`;
  return `${size} at ${price}, as before`;
}

function whyNone({ action, effect }: BookEvent): string {
  switch (effect.reason) {
    case 1:
      if (action === "T") return "a trade; the book changes with the orders it meets";
      if (action === "F") return "a fill; the order changes with its own cancel or modify";
      return "tells of no order that rests";
    case 2:
      return "unknown order, the book does not hold it";
    case 3:
      return "no book can take it: side, price or size is missing";
    default:
      return "reason unknown";
  }
}

/** A sign for the effect, for narrow lists. */
export const SIGNS: Record<BookEvent["effect"]["kind"], string> = {
  add: "+",
  cancel: "−",
  modify: "~",
  clear: "∅",
  none: "·",
};
