/** The book as a tree: instrument, publisher, side, level, order. Only what is open becomes rows. */

import type { BookState } from "../book/bookState";
import { orderCount, orderId, orderSize, orderTimeNs } from "../book/orders";
import type { BookLevel, BookSideLetter } from "../book/wire";

interface Row {
  /** The same for the same thing from picture to picture: what is open stays open. */
  key: string;
  /** 0 is the instrument. */
  depth: number;
  /** Null: an order, which holds nothing. */
  isOpen: boolean | null;
}

export interface InstrumentRow extends Row {
  kind: "instrument";
  symbol: string;
  books: number;
}

export interface PublisherRow extends Row {
  kind: "publisher";
  book: BookState;
}

export interface SideRow extends Row {
  kind: "side";
  side: BookSideLetter;
  levels: number;
  orders: number;
  size: number;
}

export interface LevelRow extends Row {
  kind: "level";
  side: BookSideLetter;
  level: BookLevel;
}

export interface OrderRow extends Row {
  kind: "order";
  book: BookState;
  side: BookSideLetter;
  level: BookLevel;
  place: number;
  id: bigint;
  size: number;
  sinceNs: bigint;
  ahead: number;
}

export type TreeRow = InstrumentRow | PublisherRow | SideRow | LevelRow | OrderRow;

/** What is open before a person opens anything: everything down to the levels. */
export const FIRST_OPEN_DEPTH = 3;

export interface Instrumented {
  symbol: string;
  books: readonly BookState[];
}

/**
 * Rows of everything that is open, from top to bottom.
 *
 * `toggled` holds the keys that a person opened or closed: others are open as far as FIRST_OPEN_DEPTH.
 */
export function treeRows(instrument: Instrumented, toggled: ReadonlySet<string>): TreeRow[] {
  const { symbol, books } = instrument;
  const rows: TreeRow[] = [];
  const isOpen = (key: string, depth: number) => depth < FIRST_OPEN_DEPTH !== toggled.has(key);
  const key = symbol;
  const open = isOpen(key, 0);
  rows.push({ kind: "instrument", key, depth: 0, isOpen: open, symbol, books: books.length });
  if (!open) return rows;
  for (const book of books) {
    const publisher = `${key}/${book.publisherId}`;
    const publisherOpen = isOpen(publisher, 1);
    rows.push({ kind: "publisher", key: publisher, depth: 1, isOpen: publisherOpen, book });
    if (!publisherOpen) continue;
    for (const side of ["A", "B"] as const) addSide(rows, publisher, book, side, isOpen);
  }
  return rows;
}

function addSide(
  rows: TreeRow[],
  publisher: string,
  book: BookState,
  side: BookSideLetter,
  isOpen: (key: string, depth: number) => boolean,
): void {
  const key = `${publisher}/${side}`;
  const open = isOpen(key, 2);
  const levels = book.side(side);
  let [orders, size] = [0, 0];
  for (const level of levels) {
    orders += level.count;
    size += level.size;
  }
  const count = levels.length;
  rows.push({ kind: "side", key, depth: 2, isOpen: open, side, levels: count, orders, size });
  if (!open) return;
  for (const level of levels) {
    const levelKey = `${key}/${level.price}`;
    const levelOpen = orderCount(level.orders) === 0 ? null : isOpen(levelKey, 3);
    rows.push({ kind: "level", key: levelKey, depth: 3, isOpen: levelOpen, side, level });
    if (levelOpen === true) addOrders(rows, levelKey, book, level, side);
  }
}

function addOrders(
  rows: TreeRow[],
  levelKey: string,
  book: BookState,
  level: BookLevel,
  side: BookSideLetter,
): void {
  let ahead = 0;
  for (let place = 0; place < orderCount(level.orders); place += 1) {
    const id = orderId(level.orders, place);
    const size = orderSize(level.orders, place);
    const sinceNs = orderTimeNs(level.orders, place);
    const key = `${levelKey}/${id}`;
    rows.push({
      kind: "order",
      key,
      depth: 4,
      isOpen: null,
      book,
      side,
      level,
      place,
      id,
      size,
      sinceNs,
      ahead,
    });
    ahead += size;
  }
}

/** The rows in sight, or enough of them that one is found again. */
export interface InSight {
  first: number;
  keys: readonly string[];
}

export const NOTHING_SEEN: InSight = { first: 0, keys: [] };
const REMEMBERED = 16;

export function inSight(rows: readonly TreeRow[], first: number): InSight {
  return { first, keys: rows.slice(first, first + REMEMBERED).map((row) => row.key) };
}

/** By how many rows what was in sight has moved: by the topmost row that is still there. */
export function movedBy(seen: InSight, rows: readonly TreeRow[]): number {
  for (const [offset, key] of seen.keys.entries()) {
    const before = seen.first + offset;
    if (rows[before]?.key === key) return 0;
    const now = rows.findIndex((row) => row.key === key);
    if (now >= 0) return now - before;
  }
  return 0;
}
