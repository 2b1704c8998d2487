/** Messages of the book stream, written byte by byte as docs/book-stream.md lays them out. */

export interface OrderOf {
  id: bigint;
  size: number;
  timeNs?: bigint;
}

export interface LevelOf {
  side: "B" | "A";
  price: number;
  size?: number;
  added?: number;
  cancelled?: number;
  count?: number;
  orders?: OrderOf[];
}

export interface HeadOf {
  kind?: number;
  version?: number;
  publisherId?: number;
  instrumentId?: number;
  sequence?: number;
  timeNs?: bigint;
  position?: number;
  touch?: number;
  flags?: number;
}

function head(entries: number, extra: number, bytes: number, of: HeadOf): DataView {
  const view = new DataView(new ArrayBuffer(48 + bytes));
  view.setUint8(0, of.kind ?? 1);
  view.setUint8(1, of.version ?? 1);
  view.setUint16(2, of.publisherId ?? 1, true);
  view.setUint32(4, of.instrumentId ?? 7, true);
  view.setBigUint64(8, BigInt(of.sequence ?? 0), true);
  view.setBigInt64(16, of.timeNs ?? 0n, true);
  view.setBigUint64(24, BigInt(of.position ?? 0), true);
  view.setUint32(32, entries, true);
  view.setUint32(36, extra, true);
  view.setUint32(40, of.touch ?? 0, true);
  view.setUint32(44, of.flags ?? 0, true);
  return view;
}

export function bookMessage(levels: LevelOf[], of: HeadOf = {}): ArrayBuffer {
  const orders = levels.flatMap((level) => level.orders ?? []);
  const bytes = 40 * levels.length + 24 * orders.length;
  const view = head(levels.length, orders.length, bytes, of);
  let at = 48;
  for (const level of levels) {
    const listed = level.orders ?? [];
    const size = level.size ?? listed.reduce((sum, order) => sum + order.size, 0);
    view.setBigInt64(at, BigInt(level.price), true);
    view.setBigUint64(at + 8, BigInt(size), true);
    view.setUint32(at + 16, level.count ?? listed.length, true);
    view.setUint32(at + 20, listed.length, true);
    view.setUint32(at + 24, level.added ?? 0, true);
    view.setUint32(at + 28, level.cancelled ?? 0, true);
    view.setUint8(at + 32, level.side.charCodeAt(0));
    at += 40;
  }
  for (const order of orders) {
    view.setBigUint64(at, order.id, true);
    view.setBigInt64(at + 8, order.timeNs ?? 0n, true);
    view.setUint32(at + 16, order.size, true);
    at += 24;
  }
  return view.buffer as ArrayBuffer;
}

export interface TradedOf {
  price: number;
  bought?: number;
  sold?: number;
  neither?: number;
}

export function volumeMessage(traded: TradedOf[], of: HeadOf = {}): ArrayBuffer {
  const view = head(traded.length, 0, 32 * traded.length, { ...of, kind: 3 });
  traded.forEach((entry, i) => {
    const at = 48 + 32 * i;
    view.setBigInt64(at, BigInt(entry.price), true);
    view.setBigUint64(at + 8, BigInt(entry.bought ?? 0), true);
    view.setBigUint64(at + 16, BigInt(entry.sold ?? 0), true);
    view.setBigUint64(at + 24, BigInt(entry.neither ?? 0), true);
  });
  return view.buffer as ArrayBuffer;
}

export interface EventOf {
  position?: number;
  orderId: bigint;
  action: string;
  side?: string;
  price?: number;
  size?: number;
  tsEvent?: bigint;
  effect?: {
    kind: number;
    reason?: number;
    price?: number;
    oldPrice?: number;
    size?: number;
    oldSize?: number;
  };
}

export function eventsMessage(events: EventOf[], of: HeadOf = {}): ArrayBuffer {
  const view = head(events.length, 0, 96 * events.length, { ...of, kind: 5 });
  events.forEach((event, i) => {
    const at = 48 + 96 * i;
    const record = at + 8;
    view.setBigUint64(at, BigInt(event.position ?? i), true);
    view.setUint8(record, 14);
    view.setUint8(record + 1, 160);
    view.setUint16(record + 2, of.publisherId ?? 1, true);
    view.setUint32(record + 4, of.instrumentId ?? 7, true);
    view.setBigUint64(record + 8, event.tsEvent ?? 0n, true);
    view.setBigUint64(record + 16, event.orderId, true);
    view.setBigInt64(record + 24, BigInt(event.price ?? 0), true);
    view.setUint32(record + 32, event.size ?? 0, true);
    view.setUint8(record + 38, event.action.charCodeAt(0));
    view.setUint8(record + 39, (event.side ?? "B").charCodeAt(0));
    const effect = record + 56;
    view.setUint8(effect, event.effect?.kind ?? 0);
    view.setUint8(effect + 1, event.effect?.reason ?? 0);
    view.setUint8(effect + 2, (event.side ?? "B").charCodeAt(0));
    view.setBigInt64(effect + 8, BigInt(event.effect?.price ?? 0), true);
    view.setBigInt64(effect + 16, BigInt(event.effect?.oldPrice ?? 0), true);
    view.setUint32(effect + 24, event.effect?.size ?? 0, true);
    view.setUint32(effect + 28, event.effect?.oldSize ?? 0, true);
  });
  return view.buffer as ArrayBuffer;
}

export function resetMessage(of: HeadOf = {}): ArrayBuffer {
  return head(0, 0, 0, { ...of, kind: 6 }).buffer as ArrayBuffer;
}

/** A generator of the same numbers every time: 0 to 1, without 1. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
