import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../src/api/decode";
import { parseJson } from "../../src/api/fields";
import type { Instrument, Message, Trade } from "../../src/api/messages";
import {
  frontOf,
  guessSymbol,
  inListOrder,
  lastTyped,
  parseSymbols,
  replaceLastTyped,
  searchSymbols,
} from "../../src/market/instruments";
import { MarketData } from "../../src/market/marketData";
import { commonStep, UNDEFINED_PRICE } from "../../src/market/prices";
import { atFraction, fractionOf } from "../../src/market/seeking";
import { intensityOf, newestFirst, TradeTape } from "../../src/market/tradeTape";
import { BAR, BOOK, CONNECTED, GAP, TRADE } from "../api/golden";

const ESZ5 = 294973;

function instrument(
  symbol: string,
  instrumentId: number,
  expirationNs: bigint | null = null,
): Instrument {
  const isSpread = symbol.includes("-");
  const stypeIn = symbol.endsWith(".FUT") ? "parent" : "raw_symbol";
  return {
    symbol,
    stypeIn,
    instrumentId,
    asset: null,
    isSpread,
    tick: null,
    currency: null,
    expirationNs,
  };
}

function trade(size: number): Trade {
  return { tsEvent: 1n, symbol: "X", instrumentId: 1, price: 1n, size, side: "B" };
}

function filled(...texts: string[]): MarketData {
  const data = new MarketData();
  for (const text of texts) data.apply(decodeMessage(parseJson(text)));
  return data;
}

describe("what the page knows of the market", () => {
  it("keeps tape, bars and book by instrument, and the newest time", () => {
    const data = filled(CONNECTED, TRADE, BAR, BOOK);
    expect(data.dataOf(ESZ5)?.tape.taken).toBe(1);
    expect(data.dataOf(ESZ5)?.book?.liveOrders).toBe(1234);
    expect(data.barsOf(ESZ5, "ohlcv-1s")).toHaveLength(1);
    expect(data.clockNs).toBe(1758742200123456789n);
    expect(data.dataOf(1)).toBeNull();
  });

  it("forgets everything shown at a reset, so that nothing after the cursor stays", () => {
    const data = filled(CONNECTED, TRADE, BAR, BOOK, GAP, '{"type":"reset","reason":"seek"}');
    expect(data.dataOf(ESZ5)).toBeNull();
    expect(data.tape.trades).toEqual([]);
    expect(data.barsOf(ESZ5, "ohlcv-1s")).toEqual([]);
    expect(data.gaps).toEqual([]);
    expect(data.clockNs).toBeNull();
    expect(data.instruments).toHaveLength(1);
  });

  it("says when more than the newest bar changed", () => {
    const data = filled(CONNECTED, BAR);
    const before = data.epochOf(ESZ5, "ohlcv-1s");
    data.apply(decodeMessage(parseJson(BAR)));
    expect(data.epochOf(ESZ5, "ohlcv-1s")).toBe(before);
    data.setHistory([]);
    expect(data.epochOf(ESZ5, "ohlcv-1s")).not.toBe(before);
  });

  it("names instruments that only history knows", () => {
    const data = filled(CONNECTED);
    data.addInstruments(new Map([[7, "NQZ5-NQH6"]]));
    expect(data.instruments.at(-1)).toMatchObject({
      symbol: "NQZ5-NQH6",
      isSpread: true,
      tick: null,
    });
  });

  it("does not grow with the session", () => {
    const data = filled(CONNECTED);
    const many: Message = {
      type: "trades",
      trades: Array.from({ length: 30_000 }, () => trade(1)),
    };
    data.apply(many);
    expect(data.tape.trades.length).toBeLessThanOrEqual(5_000);
    expect(data.dataOf(1)?.tape.trades.length).toBeLessThanOrEqual(2_500);
    expect(data.tape.taken).toBe(30_000);
  });
});

describe("the tape", () => {
  it("shows the newest first and only what is large enough", () => {
    const tape = new TradeTape();
    for (const size of [1, 5, 2, 9]) tape.put(trade(size));
    expect(newestFirst(tape.trades, 2).map((t) => t.size)).toEqual([9, 2, 5]);
    expect(newestFirst(tape.trades, 1, 2).map((t) => t.size)).toEqual([9, 2]);
  });

  it("colours by order of magnitude", () => {
    expect(intensityOf(1, 100)).toBeCloseTo(0.15);
    expect(intensityOf(10, 100)).toBeCloseTo(0.575);
    expect(intensityOf(1000, 100)).toBe(1);
  });
});

describe("instruments", () => {
  const front = instrument("ESZ5", 1, 100n);
  const back = instrument("ESH6", 2, 200n);
  const spread = instrument("ESZ5-ESH6", 3, 100n);

  it("stand by expiry, spreads last", () => {
    expect(inListOrder([spread, back, front]).map((i) => i.symbol)).toEqual([
      "ESZ5",
      "ESH6",
      "ESZ5-ESH6",
    ]);
  });

  it("the front one is shown first, then the most active outright", () => {
    expect(frontOf([spread, back, front], new Map())).toBe(1);
    expect(
      frontOf(
        [spread, back, front],
        new Map([
          [2, 9],
          [3, 99],
        ]),
      ),
    ).toBe(2);
    expect(frontOf([spread], new Map())).toBe(3);
    expect(frontOf([], new Map())).toBeNull();
  });

  it("are typed with commas or spaces, in any case", () => {
    expect(parseSymbols(" es.fut, NQ.C.0  cl.FUT,, es.fut")).toEqual([
      "ES.FUT",
      "NQ.c.0",
      "CL.FUT",
    ]);
  });

  it("that nobody knows are guessed at by what they begin with", () => {
    const all = [spread, front, instrument("ES.FUT", 4)];
    expect(guessSymbol(all, "ES")).toBe("ES.FUT");
    expect(guessSymbol(all, "ESU9")).toBe("ES.FUT");
    expect(guessSymbol(all, "ZZ.FUT")).toBeNull();
  });

  it("are searched by what stands after the last comma", () => {
    const parent = instrument("ES.FUT", 4);
    expect(lastTyped("NQ.FUT, es")).toBe("es");
    expect(
      searchSymbols([spread, front, parent, instrument("NQZ5", 5)], "es").map((i) => i.symbol),
    ).toEqual(["ES.FUT", "ESZ5", "ESZ5-ESH6"]);
    expect(replaceLastTyped("NQ.FUT, es", "ES.FUT")).toBe("NQ.FUT, ES.FUT");
    expect(replaceLastTyped("es", "ES.FUT")).toBe("ES.FUT");
  });
});

it("gaps stay over a reconnection, and go with a move to elsewhere in a recording", () => {
  const data = new MarketData();
  const gap = decodeMessage(parseJson(GAP));
  for (const message of [gap, { type: "reset", reason: "reconnect" } as const]) data.apply(message);
  expect(data.gaps).toHaveLength(1);
  data.apply({ type: "reset", reason: "seek" });
  expect(data.gaps).toHaveLength(0);
});

it("the step of the scale is what all prices are multiples of", () => {
  const steps = [5_529_000_000_000n, 5_528_750_000_000n, -4_600_000_000n];
  const first = commonStep(null, steps[0] ?? 0n);
  expect(commonStep(first, steps[1] ?? 0n)).toBe(250_000_000n);
  expect(commonStep(250_000_000n, steps[2] ?? 0n)).toBe(50_000_000n);
  expect(commonStep(250_000_000n, UNDEFINED_PRICE)).toBe(250_000_000n);
});

it("a place on the seek bar is a time of the replay, and back", () => {
  const span = { startNs: 1758742200000000000n, endNs: 1758751200000000000n };
  expect(atFraction(span, 0)).toBe(span.startNs);
  expect(atFraction(span, 1)).toBe(span.endNs);
  expect(atFraction(span, 0.5)).toBe(1758746700000000000n);
  expect(fractionOf({ ...span, cursorNs: 1758746700000000000n })).toBe(0.5);
  expect(fractionOf({ startNs: 5n, endNs: 5n, cursorNs: 5n })).toBe(1);
});
