/** From the bytes of the book stream to its messages. Every failure names what was wrong, and where. */

import { DecodeError } from "../api/fields";
import {
  type BookHeader,
  type BookMessage,
  COLUMN_HEAD_BYTES,
  DEPTH_CELL_BYTES,
  type DepthColumn,
  EVENT_BYTES,
  HEADER_BYTES,
  Kind,
  LEVEL_BYTES,
  ORDER_BYTES,
  type SidedLevel,
  TRADE_CELL_BYTES,
  type TradedVolume,
  VERSION,
  VOLUME_BYTES,
} from "./wire";

const TWO_32 = 4_294_967_296;
/** High word of 2^63-1, which stands for no price. */
const NO_PRICE_HIGH = 0x7fffffff;
const ASK = 65;
const BID = 66;

/** A price in units of 1e-9; NaN where there is none. */
export function priceAt(view: DataView, at: number): number {
  const high = view.getInt32(at + 4, true);
  const low = view.getUint32(at, true);
  if (high === NO_PRICE_HIGH && low === 0xffffffff) return Number.NaN;
  return high * TWO_32 + low;
}

/** A size or a count: far below 2^53. */
export function countAt(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

/** One message, which fills the buffer. */
export function decodeBook(buffer: ArrayBuffer): BookMessage {
  const [message, ...more] = decodeBooks(buffer);
  if (message === undefined || more.length > 0) {
    throw new DecodeError(`book stream: expected one message, got ${more.length + 1}`);
  }
  return message;
}

/** Messages one after the other, as past columns come. */
export function decodeBooks(buffer: ArrayBuffer): BookMessage[] {
  const view = new DataView(buffer);
  const messages: BookMessage[] = [];
  let at = 0;
  while (at < buffer.byteLength) {
    need(view, at, HEADER_BYTES);
    const [message, end] = read(view, at);
    messages.push(message);
    at = end;
  }
  return messages;
}

function need(view: DataView, at: number, bytes: number): void {
  if (at + bytes <= view.byteLength) return;
  const message = `message cut off: byte ${at + bytes} wanted of ${view.byteLength}`;
  throw new DecodeError(`book stream: ${message}`);
}

function read(view: DataView, at: number): [BookMessage, number] {
  const kind = view.getUint8(at);
  const version = view.getUint8(at + 1);
  if (version !== VERSION) throw new DecodeError(`book stream: version ${version} of its layout`);
  const header = headerAt(view, at);
  const entries = view.getUint32(at + 32, true);
  const extra = view.getUint32(at + 36, true);
  const body = at + HEADER_BYTES;
  switch (kind) {
    case Kind.snapshot:
    case Kind.changes: {
      const end = body + entries * LEVEL_BYTES + extra * ORDER_BYTES;
      need(view, at, end - at);
      const levels = levelsAt(view, body, entries, extra);
      return [{ kind: kind === Kind.snapshot ? "snapshot" : "changes", header, levels }, end];
    }
    case Kind.volume: {
      const end = body + entries * VOLUME_BYTES;
      need(view, at, end - at);
      return [{ kind: "volume", header, volume: volumeAt(view, body, entries) }, end];
    }
    case Kind.columns: {
      const [columns, end] = columnsAt(view, body, entries);
      return [{ kind: "columns", header, everyMs: extra, columns }, end];
    }
    case Kind.events: {
      const length = entries * EVENT_BYTES;
      need(view, body, length);
      const bytes = new Uint8Array(view.buffer, view.byteOffset + body, length);
      return [{ kind: "events", header, count: entries, bytes }, body + length];
    }
    case Kind.reset:
      return [{ kind: "reset", header }, body];
    default:
      throw new DecodeError(`book stream: unknown kind ${kind}`);
  }
}

function headerAt(view: DataView, at: number): BookHeader {
  return {
    publisherId: view.getUint16(at + 2, true),
    instrumentId: view.getUint32(at + 4, true),
    sequence: countAt(view, at + 8),
    timeNs: view.getBigInt64(at + 16, true),
    position: countAt(view, at + 24),
    touch: view.getUint32(at + 40, true),
    flags: view.getUint32(at + 44, true),
  };
}

function levelsAt(view: DataView, body: number, entries: number, orders: number): SidedLevel[] {
  const levels: SidedLevel[] = new Array(entries);
  const ordersBegin = body + entries * LEVEL_BYTES;
  let order = 0;
  for (let i = 0; i < entries; i += 1) {
    const at = body + i * LEVEL_BYTES;
    const listed = view.getUint32(at + 20, true);
    if (order + listed > orders) {
      throw new DecodeError(`book stream: level ${i} has orders beyond the ${orders} sent`);
    }
    const begin = ordersBegin + order * ORDER_BYTES;
    levels[i] = {
      price: priceAt(view, at),
      size: countAt(view, at + 8),
      count: view.getUint32(at + 16, true),
      added: view.getUint32(at + 24, true),
      cancelled: view.getUint32(at + 28, true),
      side: sideOf(view.getUint8(at + 32), i),
      orders: wordsAt(view, begin, listed * ORDER_BYTES),
    };
    order += listed;
  }
  return levels;
}

function sideOf(code: number, level: number): "B" | "A" {
  if (code === BID) return "B";
  if (code === ASK) return "A";
  throw new DecodeError(`book stream: level ${level} has side ${code}`);
}

/** A copy, so that a level does not hold the whole message it came in. */
function wordsAt(view: DataView, begin: number, bytes: number): Uint32Array {
  const from = view.byteOffset + begin;
  return new Uint32Array(view.buffer.slice(from, from + bytes) as ArrayBuffer);
}

function volumeAt(view: DataView, body: number, entries: number): TradedVolume[] {
  const volume: TradedVolume[] = new Array(entries);
  for (let i = 0; i < entries; i += 1) {
    const at = body + i * VOLUME_BYTES;
    volume[i] = {
      price: priceAt(view, at),
      bought: countAt(view, at + 8),
      sold: countAt(view, at + 16),
      neither: countAt(view, at + 24),
    };
  }
  return volume;
}

function columnsAt(view: DataView, body: number, entries: number): [DepthColumn[], number] {
  const columns: DepthColumn[] = new Array(entries);
  let at = body;
  for (let i = 0; i < entries; i += 1) {
    need(view, at, COLUMN_HEAD_BYTES);
    const cells = view.getUint16(at + 24, true);
    const trades = view.getUint16(at + 26, true);
    const depthAt = at + COLUMN_HEAD_BYTES;
    const tradesAt = depthAt + cells * DEPTH_CELL_BYTES;
    const end = tradesAt + trades * TRADE_CELL_BYTES;
    need(view, at, end - at);
    columns[i] = columnAt(view, at, cells, trades);
    at = end;
  }
  return [columns, at];
}

function columnAt(view: DataView, head: number, cells: number, trades: number): DepthColumn {
  const column: DepthColumn = {
    beginNs: view.getBigInt64(head, true),
    bestBid: priceAt(view, head + 8),
    bestAsk: priceAt(view, head + 16),
    flags: view.getUint8(head + 28),
    depthPrices: new Float64Array(cells),
    depthSizes: new Uint32Array(cells),
    depthSides: new Uint8Array(cells),
    tradePrices: new Float64Array(trades),
    bought: new Uint32Array(trades),
    sold: new Uint32Array(trades),
    neither: new Uint32Array(trades),
  };
  let at = head + COLUMN_HEAD_BYTES;
  for (let i = 0; i < cells; i += 1, at += DEPTH_CELL_BYTES) {
    column.depthPrices[i] = priceAt(view, at);
    column.depthSizes[i] = view.getUint32(at + 8, true);
    column.depthSides[i] = view.getUint8(at + 12);
  }
  for (let i = 0; i < trades; i += 1, at += TRADE_CELL_BYTES) {
    column.tradePrices[i] = priceAt(view, at);
    column.bought[i] = view.getUint32(at + 8, true);
    column.sold[i] = view.getUint32(at + 12, true);
    column.neither[i] = view.getUint32(at + 16, true);
  }
  return column;
}
