/** From the bytes that the server's own tests write to what is drawn of them. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeBooks } from "../../src/book/decode";
import { columnOf } from "../../src/heatmap/column";

interface Cell {
  price: string;
  size: number;
  side: string;
}
interface TradeCell {
  price: string;
  bought: number;
  sold: number;
}
interface Vector {
  name: string;
  hex: string;
  meaning: {
    every_ms: number;
    columns: {
      begin: string;
      best_bid: string;
      best_ask: string;
      flags: number;
      depth: Cell[];
      trades: TradeCell[];
    }[];
  };
}

const PATH = `${import.meta.dirname}/../../../tests/golden/book_stream.json`;
const NO_PRICE = "9223372036854775807";
const TICK = 10_000_000;

function vector(): Vector {
  const all: Vector[] = JSON.parse(readFileSync(PATH, "utf8"));
  const found = all.find(({ name }) => name === "columns");
  if (found === undefined) throw new Error("the golden vectors have no columns");
  return found;
}

const inTicks = (price: string) =>
  price === NO_PRICE ? Number.NaN : Math.round(Number(price) / TICK);

describe("columns of the golden vectors", () => {
  const { hex, meaning } = vector();
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const [message] = decodeBooks(bytes.buffer);
  if (message?.kind !== "columns") throw new Error("no columns in the message");
  const columns = message.columns.map((one) => columnOf(one, message.everyMs, TICK));

  it("stand at their time", () => {
    expect(message.everyMs).toBe(meaning.every_ms);
    expect(columns.map((one) => one.index)).toEqual(
      meaning.columns.map((one) =>
        Number(BigInt(one.begin) / 1_000_000n / BigInt(meaning.every_ms)),
      ),
    );
  });

  it("have every cell at its price, bids before asks, and the best prices", () => {
    for (const [i, wanted] of meaning.columns.entries()) {
      const column = columns[i];
      if (column === undefined) throw new Error(`column ${i} is missing`);
      const bids = wanted.depth.filter(({ side }) => side === "B");
      const asks = wanted.depth.filter(({ side }) => side === "A");
      expect(column.bids).toBe(bids.length);
      expect([...column.ticks]).toEqual([...bids, ...asks].map(({ price }) => inTicks(price)));
      expect([...column.sizes]).toEqual([...bids, ...asks].map(({ size }) => Math.fround(size)));
      expect([column.bid, column.ask]).toEqual([
        inTicks(wanted.best_bid),
        inTicks(wanted.best_ask),
      ]);
      expect(column.flags).toBe(wanted.flags);
      expect([...column.trades.bought]).toEqual(
        wanted.trades.map(({ bought }) => Math.fround(bought)),
      );
    }
  });
});
