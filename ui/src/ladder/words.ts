/** What the ladder says in words: of an order, of the one that is followed, of the best prices. */

import type { BookState } from "../book/bookState";
import type { Followed } from "../book/follow";
import { orderId, orderSize, orderTimeNs, sizeAhead } from "../book/orders";
import { formatSize } from "../market/prices";
import { formatClock, formatSpan, type Zone } from "../market/times";
import { priceText } from "./scene";
import type { Segment } from "./segments";

/** `1st`, `2nd`, `3rd`, `11th`. */
export function nth(place: number): string {
  const teens = Math.floor((place % 100) / 10) === 1;
  const ending = teens ? undefined : ["th", "st", "nd", "rd"][place % 10];
  return `${formatSize(place)}${ending ?? "th"}`;
}

/** How long something has been so, on the clock of the records. */
export function ageText(ns: bigint): string {
  if (ns < 0n) return "0 ms";
  if (ns < 1_000_000n) return `${ns / 1_000n} µs`;
  if (ns < 1_000_000_000n) return `${ns / 1_000_000n} ms`;
  const seconds = Number(ns / 1_000_000n) / 1_000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : formatSpan(seconds);
}

export interface OrderWords {
  id: string;
  size: string;
  age: string;
  place: string;
  ahead: string;
}

export function orderWords(book: BookState, { level, place }: Segment): OrderWords {
  const ahead = sizeAhead(level.orders, place);
  return {
    id: orderId(level.orders, place).toString(),
    size: formatSize(orderSize(level.orders, place)),
    age: ageText(book.timeNs - orderTimeNs(level.orders, place)),
    place: `${nth(place + 1)} of ${formatSize(level.count)}`,
    ahead: ahead === 0 ? "front of the queue" : `${formatSize(ahead)} ahead`,
  };
}

/** Where the followed order is, or what became of it. */
export function fateText(followed: Followed, tick: number, zone: Zone): string {
  const { fate, filled, firstSize, cancelled } = followed;
  const at = priceText(followed.price, tick);
  const done = `filled ${formatSize(filled)} of ${formatSize(firstSize)}`;
  const fills = filled === 0 ? "" : ` · ${done} at ${priceText(followed.fillPrice, tick)}`;
  const clock = formatClock(followed.fateNs, zone);
  switch (fate) {
    case "resting": {
      const { place, of, ahead, size } = followed;
      const front = ahead === 0 ? "next to fill" : `${formatSize(ahead)} ahead`;
      const cut = cancelled === 0 ? "" : ` · reduced by ${formatSize(cancelled)}`;
      return `${formatSize(size)} at ${at} · ${nth(place + 1)} of ${formatSize(of)} · ${front}${fills}${cut}`;
    }
    case "beyond":
      return `at ${at}, beyond the levels shown${fills}`;
    case "filled":
      return `${done} at ${priceText(followed.fillPrice, tick)} · ${clock}`;
    case "cancelled":
      return `cancelled ${formatSize(cancelled)} at ${at}${fills} · ${clock}`;
    case "gone":
      return `no longer in the book${fills} · ${clock}`;
  }
}

/** For who hears the ladder instead of seeing it. */
export function bestText(book: BookState | null, tick: number): string {
  const [bid, ask] = [book?.bids[0], book?.asks[0]];
  const side = (name: string, level: typeof bid) =>
    level === undefined
      ? `no ${name}`
      : `best ${name} ${priceText(level.price, tick)}, size ${formatSize(level.size)}`;
  return `${side("bid", bid)}; ${side("ask", ask)}`;
}

export function spreadText(book: BookState, tick: number): string {
  const [bid, ask] = [book.bids[0], book.asks[0]];
  if (bid === undefined || ask === undefined) return "one side is empty";
  const spread = ask.price - bid.price;
  const ticks = Math.trunc(spread / tick);
  return `spread ${priceText(spread, tick)} · ${formatSize(ticks)} ${ticks === 1 ? "tick" : "ticks"}`;
}
