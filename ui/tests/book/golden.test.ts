/** The vectors that the server's own tests write: both ends read the same bytes the same way. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeBook, decodeBooks } from "../../src/book/decode";
import { EventRing } from "../../src/book/eventRing";
import { orderCount, orderId, orderSize, orderTimeNs } from "../../src/book/orders";
import type { BookMessage, SidedLevel } from "../../src/book/wire";

interface Meaning {
  [field: string]: unknown;
}
interface Vector {
  name: string;
  hex: string;
  meaning: Meaning;
}

const PATH = `${import.meta.dirname}/../../../tests/golden/book_stream.json`;
const VECTORS: Vector[] = JSON.parse(readFileSync(PATH, "utf8"));
const NO_PRICE = "9223372036854775807";
const KINDS = ["", "snapshot", "changes", "volume", "columns", "events", "reset"];

function bytesOf(hex: string): ArrayBuffer {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes.buffer;
}

/** As the page holds a whole number of 64 bits: the nearest double. */
const near = (text: unknown) => Number(BigInt(String(text)));
const price = (text: unknown) => (text === NO_PRICE ? Number.NaN : near(text));
const list = (value: unknown) => value as Meaning[];

function headOf(meaning: Meaning) {
  return {
    publisherId: meaning.publisher_id,
    instrumentId: meaning.instrument_id,
    sequence: near(meaning.sequence),
    timeNs: BigInt(String(meaning.time)),
    position: near(meaning.position),
    touch: meaning.touch,
    flags: meaning.flags,
  };
}

function levelMeant(level: Meaning) {
  return {
    price: price(level.price),
    size: near(level.size),
    count: level.count,
    added: level.added,
    cancelled: level.cancelled,
    side: level.side,
    orders: list(level.orders).map((order) => [
      BigInt(String(order.order_id)),
      BigInt(String(order.ts_event)),
      order.size,
    ]),
  };
}

function levelRead(level: SidedLevel) {
  const orders = Array.from({ length: orderCount(level.orders) }, (_, i) => [
    orderId(level.orders, i),
    orderTimeNs(level.orders, i),
    orderSize(level.orders, i),
  ]);
  return { ...level, orders };
}

function eventsRead(message: Extract<BookMessage, { kind: "events" }>) {
  const ring = new EventRing(16);
  ring.push(message.bytes, message.count);
  return Array.from({ length: ring.end }, (_, i) => ring.at(i));
}

const EFFECTS = ["none", "add", "cancel", "modify", "clear"];
/** A side that was never set is a zero byte. */
const letter = (code: unknown) => String.fromCharCode(Number(code ?? 0));

function eventMeant({ position, record: r, effect: e }: Record<string, Meaning>) {
  const [record, effect] = [r ?? {}, e ?? {}];
  return {
    position: near(position),
    publisherId: record.publisher_id,
    instrumentId: record.instrument_id,
    tsEvent: BigInt(String(record.ts_event)),
    tsRecv: BigInt(String(record.ts_recv)),
    tsInDelta: record.ts_in_delta,
    orderId: BigInt(String(record.order_id)),
    price: price(record.price),
    size: record.size,
    flags: record.flags,
    channelId: record.channel_id,
    sequence: record.sequence,
    action: record.action,
    side: record.side,
    effect: {
      kind: EFFECTS[Number(effect.kind)],
      reason: effect.reason,
      side: letter(effect.side),
      oldSide: letter(effect.old_side),
      price: price(effect.price),
      oldPrice: price(effect.old_price),
      size: effect.size,
      oldSize: effect.old_size,
    },
  };
}

describe("the golden vectors", () => {
  it.each(VECTORS.map((v) => [v.name, v] as const))("%s", (_name, { hex, meaning }) => {
    const message = decodeBook(bytesOf(hex));
    expect(message.kind).toBe(KINDS[Number(meaning.kind)]);
    expect(message.header).toEqual(headOf(meaning));
    switch (message.kind) {
      case "snapshot":
      case "changes":
        expect(message.levels.map(levelRead)).toEqual(list(meaning.levels).map(levelMeant));
        break;
      case "volume":
        expect(message.volume).toEqual(
          list(meaning.volumes).map((v) => ({
            price: price(v.price),
            bought: near(v.bought),
            sold: near(v.sold),
            neither: near(v.unsided),
          })),
        );
        break;
      case "columns":
        expect(message.everyMs).toBe(meaning.every_ms);
        expect(
          message.columns.map((c) => ({
            begin: c.beginNs,
            bid: c.bestBid,
            ask: c.bestAsk,
            flags: c.flags,
            depth: [...c.depthPrices].map((p, i) => [
              p,
              c.depthSizes[i],
              String.fromCharCode(c.depthSides[i] ?? 0),
            ]),
            trades: [...c.tradePrices].map((p, i) => [p, c.bought[i], c.sold[i], c.neither[i]]),
          })),
        ).toEqual(
          list(meaning.columns).map((c) => ({
            begin: BigInt(String(c.begin)),
            bid: price(c.best_bid),
            ask: price(c.best_ask),
            flags: c.flags,
            depth: list(c.depth).map((d) => [price(d.price), d.size, d.side]),
            trades: list(c.trades).map((t) => [price(t.price), t.bought, t.sold, t.unsided]),
          })),
        );
        break;
      case "events":
        expect(eventsRead(message)).toEqual(
          (meaning.events as Record<string, Meaning>[]).map(eventMeant),
        );
        break;
      default:
        break;
    }
  });

  it("are read as well one after the other", () => {
    const all = bytesOf(VECTORS.map((v) => v.hex).join(""));
    expect(decodeBooks(all).map((m) => m.kind)).toEqual(
      VECTORS.map((v) => KINDS[Number(v.meaning.kind)]),
    );
  });

  it("say where they end when they are cut off anywhere", () => {
    for (const { hex } of VECTORS) {
      const whole = bytesOf(hex);
      for (let bytes = 8; bytes < whole.byteLength; bytes += 8) {
        expect(() => decodeBooks(whole.slice(0, bytes))).toThrow(/cut off/);
      }
    }
  });
});
