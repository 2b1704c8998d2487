/**
 * What the binary book stream says (docs/book-stream.md), decoded.
 *
 * Prices are numbers in units of 1e-9. A double holds every multiple of a decimal tick of that unit up to
 * prices of millions exactly, since such a tick brings its own powers of two; NaN stands where there is none.
 * Times, and ids of orders that leave this folder, are bigint.
 */

export const VERSION = 1;
export const HEADER_BYTES = 48;
export const LEVEL_BYTES = 40;
export const ORDER_BYTES = 24;
export const VOLUME_BYTES = 32;
export const COLUMN_HEAD_BYTES = 32;
export const DEPTH_CELL_BYTES = 16;
export const TRADE_CELL_BYTES = 24;
export const EVENT_BYTES = 96;

export const Kind = {
  snapshot: 1,
  changes: 2,
  volume: 3,
  columns: 4,
  events: 5,
  reset: 6,
} as const;

export const Flag = {
  inEvent: 1,
  crossed: 2,
  locked: 4,
  stale: 8,
  missing: 16,
  followed: 32,
} as const;

export type BookSideLetter = "B" | "A";

/** What every message begins with. */
export interface BookHeader {
  publisherId: number;
  /** 0 in a reset of every book. */
  instrumentId: number;
  sequence: number;
  /** `ts_recv` of the last record applied. */
  timeNs: bigint;
  /** How many `mbo` records of the source came before the state that is shown. */
  position: number;
  touch: number;
  flags: number;
}

/**
 * The orders of a level in queue order, six 32-bit words each as they came:
 * id (low, high), time of its place in the queue (low, high), size, nothing.
 */
export type OrderWords = Uint32Array;
export const ORDER_WORDS = ORDER_BYTES / 4;

export interface BookLevel {
  price: number;
  size: number;
  /** Orders that rest here, also where their list was not asked for. */
  count: number;
  /** Size added and cancelled since the best prices last changed. */
  added: number;
  cancelled: number;
  orders: OrderWords;
}

export interface SidedLevel extends BookLevel {
  side: BookSideLetter;
}

/** Volume traded at a price since the session of the source began. */
export interface TradedVolume {
  price: number;
  bought: number;
  sold: number;
  neither: number;
}

/** The depth at the end of one stretch of event time, and what traded in it: parallel arrays. */
export interface DepthColumn {
  beginNs: bigint;
  /** NaN: none. */
  bestBid: number;
  bestAsk: number;
  flags: number;
  depthPrices: Float64Array;
  depthSizes: Uint32Array;
  /** The letters as codes: 66 bid, 65 ask. */
  depthSides: Uint8Array;
  tradePrices: Float64Array;
  bought: Uint32Array;
  sold: Uint32Array;
  neither: Uint32Array;
}

export type BookMessage =
  | { kind: "snapshot" | "changes"; header: BookHeader; levels: SidedLevel[] }
  | { kind: "volume"; header: BookHeader; volume: TradedVolume[] }
  | { kind: "columns"; header: BookHeader; everyMs: number; columns: DepthColumn[] }
  /** Packed, `EVENT_BYTES` each; `EventRing` reads them. */
  | { kind: "events"; header: BookHeader; count: number; bytes: Uint8Array }
  | { kind: "reset"; header: BookHeader };
