/** Reading the orders of a level, which lie packed in queue order. */

import { ORDER_WORDS, type OrderWords } from "./wire";

export function orderCount(orders: OrderWords): number {
  return orders.length / ORDER_WORDS;
}

export function orderId(orders: OrderWords, place: number): bigint {
  const at = place * ORDER_WORDS;
  return (BigInt(orders[at + 1] ?? 0) << 32n) | BigInt(orders[at] ?? 0);
}

/** `ts_event` of the record that gave the order its place. */
export function orderTimeNs(orders: OrderWords, place: number): bigint {
  const at = place * ORDER_WORDS;
  return BigInt.asIntN(64, (BigInt(orders[at + 3] ?? 0) << 32n) | BigInt(orders[at + 2] ?? 0));
}

export function orderSize(orders: OrderWords, place: number): number {
  return orders[place * ORDER_WORDS + 4] ?? 0;
}

/** Where an order stands in the queue, 0 at its front; -1 if it is not in it. */
export function placeOf(orders: OrderWords, id: bigint): number {
  const low = Number(id & 0xffffffffn);
  const high = Number(id >> 32n);
  for (let at = 0; at < orders.length; at += ORDER_WORDS) {
    if (orders[at] === low && orders[at + 1] === high) return at / ORDER_WORDS;
  }
  return -1;
}

/** Size that is filled before the order at this place. */
export function sizeAhead(orders: OrderWords, place: number): number {
  let ahead = 0;
  for (let i = 0; i < place; i += 1) ahead += orderSize(orders, i);
  return ahead;
}
