/** What the server says, decoded: names of the trade, bigint where JSON numbers would lose digits. */

import type { Bar, BarSchema } from "../market/bars";
import type { Price } from "../market/prices";

export type Mode = "SIMULATED" | "REPLAY" | "LIVE";
export type Side = "B" | "A" | "N";

export interface ReplayStatus {
  startNs: bigint;
  endNs: bigint;
  cursorNs: bigint;
  /** Null: as fast as possible. */
  speed: number | null;
  paused: boolean;
  finished: boolean;
  loops: number;
  /** Records before the cursor and in all; null while the server does not know. */
  position: number | null;
  records: number | null;
  /** How many of the records before the cursor are `mbo` records: the position of the book. */
  mboPosition: number | null;
  /** How much of the tape is indexed, 0 to 1; before it all is, steps back and jumps may be refused. */
  indexed: number | null;
}

export interface Source {
  mode: Mode;
  dataset: string;
  depth: string;
  schemas: string[];
  defaultSymbols: string[];
  version: string;
  lagMs: number | null;
  drops: number;
  gaps: number;
  /** Events after which a book stood with its best bid above its best ask. */
  crossings: number;
  connected: boolean;
  replay: ReplayStatus | null;
}

export interface Instrument {
  symbol: string;
  stypeIn: string;
  instrumentId: number | null;
  asset: string | null;
  isSpread: boolean;
  tick: Price | null;
  currency: string | null;
  expirationNs: bigint | null;
}

export interface Trade {
  tsEvent: bigint;
  symbol: string;
  instrumentId: number;
  price: Price;
  size: number;
  side: Side;
}

export interface Level {
  price: Price;
  size: number;
  count: number;
}

export interface Book {
  tsEvent: bigint;
  symbol: string;
  instrumentId: number;
  bids: Level[];
  asks: Level[];
  bidLevels: number;
  askLevels: number;
  liveOrders: number | null;
  crossed: boolean;
  locked: boolean;
  stale: boolean;
}

export interface InstrumentBar {
  schema: BarSchema;
  symbol: string;
  instrumentId: number;
  tsEvent: bigint;
  bar: Bar;
}

export interface Gap {
  symbol: string | null;
  startNs: bigint;
  endNs: bigint;
  reason: string;
}

/** One line that says what was wrong, and what to do. */
export interface Problem {
  code: string;
  message: string;
  hint: string;
}

export type Message =
  | { type: "connected"; source: Source; symbols: string[]; instruments: Instrument[] }
  | { type: "instruments"; source: Source; instruments: Instrument[] }
  | { type: "trades"; trades: Trade[] }
  | { type: "bars"; bars: InstrumentBar[] }
  | { type: "book"; book: Book }
  | { type: "status"; source: Source }
  | { type: "reset"; reason: string }
  | { type: "gap"; gap: Gap }
  | { type: "error"; problem: Problem }
  | { type: "unknown"; name: string };

/** A row of a historical answer: a trade with or without the quote it met, or a bar. */
export type HistoryRow =
  | { kind: "trade"; trade: Trade }
  | { kind: "quote"; trade: Trade; bid: Level; ask: Level; action: string }
  | { kind: "bar"; bar: InstrumentBar };

export interface HistoryAnswer {
  schema: string;
  rows: HistoryRow[];
  /** Where the rows come from and what is not in them, in a few words. */
  note: string;
}
