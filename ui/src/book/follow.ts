/** Following one order until it fills or goes: where it stands in its queue, and what became of it. */

import type { BookState } from "./bookState";
import type { BookEvent } from "./eventRing";
import { orderSize, orderTimeNs, placeOf, sizeAhead } from "./orders";
import type { BookLevel, BookSideLetter } from "./wire";

/**
 * - `resting`: in the book.
 * - `beyond`: away from the best prices, where no level is shown.
 * - `filled`, `cancelled`: its records said so.
 * - `gone`: not in the book, and the record that took it out was not seen.
 */
export type Fate = "resting" | "beyond" | "filled" | "cancelled" | "gone";

export interface Followed {
  orderId: bigint;
  publisherId: number;
  instrumentId: number;
  side: BookSideLetter;
  price: number;
  /** Size when it was first seen, and now. */
  firstSize: number;
  size: number;
  /** 0 at the front of the queue. */
  place: number;
  of: number;
  /** Size that is filled before it. */
  ahead: number;
  /** Time of its place in the queue. */
  sinceNs: bigint;
  filled: number;
  /** Of the last fill. */
  fillPrice: number;
  cancelled: number;
  fate: Fate;
  /** When its fate was told. */
  fateNs: bigint;
  /** Fills that the change of the book is still to come for. */
  unsettled: number;
  nextEvent: number;
  /** Position of the next record that says something new of it. */
  nextPosition: number;
  life: number;
}

export function follow(
  book: BookState,
  orderId: bigint,
  side: BookSideLetter,
  price: number,
): Followed {
  const followed: Followed = {
    orderId,
    publisherId: book.publisherId,
    instrumentId: book.instrumentId,
    side,
    price,
    firstSize: 0,
    size: 0,
    place: 0,
    of: 0,
    ahead: 0,
    sinceNs: book.timeNs,
    filled: 0,
    fillPrice: price,
    cancelled: 0,
    fate: "gone",
    fateNs: book.timeNs,
    unsettled: 0,
    nextEvent: book.followed.end,
    nextPosition: book.position,
    life: book.life,
  };
  find(followed, book);
  followed.firstSize = followed.size;
  return followed;
}

/** What is known of the order now: a new object where anything of it changed. */
export function advance(before: Followed, book: BookState): Followed {
  if (before.publisherId !== book.publisherId || before.instrumentId !== book.instrumentId) {
    return before;
  }
  const now = { ...before };
  if (now.life !== book.life) startOver(now, book);
  // Another server counts its records anew.
  if (book.position < now.nextPosition) now.nextPosition = 0;
  const { followed } = book;
  for (let i = Math.max(now.nextEvent, followed.begin); i < followed.end; i += 1) {
    const position = followed.positionAt(i);
    if (position < now.nextPosition || !followed.isOf(i, now.orderId)) continue;
    hear(now, followed.at(i));
    now.nextPosition = position + 1;
  }
  now.nextEvent = followed.end;
  if (!find(now, book) && (now.fate === "resting" || now.fate === "beyond")) {
    now.fate = isBeyond(now, book) ? "beyond" : "gone";
    now.fateNs = book.timeNs;
  }
  return now;
}

/** The book starts over, as after a seek: what was heard of the order may not have happened yet. */
function startOver(now: Followed, book: BookState): void {
  now.life = book.life;
  now.fate = "gone";
  now.filled = 0;
  now.cancelled = 0;
  now.unsettled = 0;
  now.nextPosition = 0;
}

function hear(now: Followed, event: BookEvent): void {
  const { effect } = event;
  if (event.action === "F") {
    now.filled += event.size;
    now.unsettled += event.size;
    now.fillPrice = event.price;
    return;
  }
  // A fill alone changes no book: the cancel or modify behind it does, and takes away what was filled.
  if (effect.kind === "cancel" || effect.kind === "modify") {
    const less = effect.kind === "cancel" ? effect.size : Math.max(0, effect.oldSize - effect.size);
    const settled = Math.min(now.unsettled, less);
    now.unsettled -= settled;
    now.cancelled += less - settled;
    if (effect.kind === "modify") {
      now.price = effect.price;
      now.size = effect.size;
      now.firstSize += Math.max(0, effect.size - effect.oldSize);
    } else {
      now.size = Math.max(0, now.size - less);
      // A part of an order may be cancelled: only the book tells whether it is gone.
      now.fate = less > settled || now.filled === 0 ? "cancelled" : "filled";
      now.fateNs = event.tsRecv;
    }
  } else if (effect.kind === "add") {
    now.price = effect.price;
    now.size = effect.size;
  }
}

/** Look the order up in the book: where it was, else everywhere. */
function find(now: Followed, book: BookState): boolean {
  const level = book.levelAt(now.side, now.price);
  if (level !== null && stand(now, level, now.side)) return true;
  for (const side of ["B", "A"] as const) {
    for (const other of book.side(side)) if (stand(now, other, side)) return true;
  }
  return false;
}

function stand(now: Followed, level: BookLevel, side: BookSideLetter): boolean {
  const place = placeOf(level.orders, now.orderId);
  if (place < 0) return false;
  now.side = side;
  now.price = level.price;
  now.place = place;
  now.of = level.count;
  now.ahead = sizeAhead(level.orders, place);
  now.size = orderSize(level.orders, place);
  now.sinceNs = orderTimeNs(level.orders, place);
  now.fate = "resting";
  return true;
}

function isBeyond(now: Followed, book: BookState): boolean {
  const worst = book.side(now.side).at(-1);
  if (worst === undefined) return false;
  return now.side === "B" ? now.price < worst.price : now.price > worst.price;
}
