import { describe, expect, it } from "vitest";
import {
  decodeHistory,
  decodeInstrument,
  decodeMessage,
  decodeProblem,
  messagesIn,
} from "../../src/api/decode";
import { parseJson } from "../../src/api/fields";
import { BAR, BOOK, CONNECTED, GAP, INSTRUMENT, PARENT, SOURCE, TRADE } from "./golden";

describe("messages of the WebSocket", () => {
  it("connected: source, replay and instruments", () => {
    const message = decodeMessage(parseJson(CONNECTED));
    if (message.type !== "connected") throw new Error(message.type);
    expect(message.source).toMatchObject({
      mode: "REPLAY",
      depth: "L3",
      lagMs: 1.2,
      drops: 3,
      gaps: 1,
      crossings: 2,
    });
    expect(message.source.replay).toEqual({
      startNs: 1758742200000000001n,
      endNs: 1758751200000000000n,
      cursorNs: 1758742800000000000n,
      speed: null,
      paused: true,
      finished: false,
      loops: 2,
      position: null,
      records: null,
      mboPosition: null,
      indexed: null,
    });
    expect(message.instruments[0]).toMatchObject({
      symbol: "ESZ5",
      instrumentId: 294973,
      tick: 250000000n,
      expirationNs: 1766154600000000000n,
    });
  });

  it("a frame holds one message, or a list of them", () => {
    expect(messagesIn(TRADE).map(decodeMessage)).toEqual(
      messagesIn(`[${TRADE}]`).map(decodeMessage),
    );
    expect(messagesIn(`[${TRADE},${BAR}]`).map((said) => decodeMessage(said).type)).toEqual([
      "trades",
      "bars",
    ]);
  });

  it("trade: its time to the nanosecond", () => {
    const trade = {
      tsEvent: 1758742200123456789n,
      symbol: "ESZ5",
      instrumentId: 294973,
      price: 6650250000000n,
      size: 7,
      side: "B",
    };
    expect(decodeMessage(parseJson(TRADE))).toEqual({ type: "trades", trades: [trade] });
    expect(decodeMessage(parseJson(`{"type":"trades","trades":[${TRADE},${TRADE}]}`))).toEqual({
      type: "trades",
      trades: [trade, trade],
    });
  });

  it("bar and bars", () => {
    const one = decodeMessage(parseJson(BAR));
    expect(
      decodeMessage(
        parseJson(`{"type":"bars","schema":"ohlcv-1s","symbol":"ESZ5","bars":[${BAR}]}`),
      ),
    ).toEqual(one);
    if (one.type !== "bars") throw new Error(one.type);
    expect(one.bars[0]).toMatchObject({
      schema: "ohlcv-1s",
      bar: {
        startS: 1758742200,
        open: 6650250000000n,
        volume: 30,
        buyVolume: 20,
        sellVolume: 10,
        trades: 9,
      },
    });
  });

  it("book: levels best first, and its marks", () => {
    const message = decodeMessage(parseJson(BOOK));
    if (message.type !== "book") throw new Error(message.type);
    expect(message.book).toMatchObject({
      bids: [{ price: 6650250000000n, size: 12, count: 4 }],
      asks: [{ price: 6650500000000n, size: 9, count: 2 }],
      liveOrders: 1234,
      crossed: false,
      stale: true,
    });
  });

  it("status, reset, gap and error", () => {
    expect(decodeMessage(parseJson(`{"type":"status","source":${SOURCE}}`))).toMatchObject({
      type: "status",
    });
    expect(decodeMessage(parseJson('{"type":"reset","reason":"seek"}'))).toEqual({
      type: "reset",
      reason: "seek",
    });
    expect(decodeMessage(parseJson(GAP))).toMatchObject({
      gap: { symbol: null, endNs: 1758742210000000000n },
    });
    expect(
      decodeMessage(
        parseJson('{"type":"error","code":"unknown-symbol","message":"no ZZ","hint":"look"}'),
      ),
    ).toEqual({
      type: "error",
      problem: { code: "unknown-symbol", message: "no ZZ", hint: "look" },
    });
  });

  it("a type of a later version is passed over, a broken field is named", () => {
    expect(decodeMessage(parseJson('{"type":"heatmap"}'))).toEqual({
      type: "unknown",
      name: "heatmap",
    });
    expect(() => decodeMessage(parseJson(TRADE.replace('"size_u32":7', '"size_u32":"7"')))).toThrow(
      /size_u32.*"7"/,
    );
    expect(() => decodeMessage(parseJson("[]"))).toThrow(/an object/);
  });
});

it("a price beyond 2^53 keeps its digits", () => {
  const message = decodeMessage(parseJson(TRADE.replace("6650250000000,", "9123456789123456789,")));
  expect(message).toMatchObject({ trades: [{ price: 9123456789123456789n }] });
});

it("a parent has no numbers of its own", () => {
  expect(decodeInstrument(parseJson(PARENT))).toMatchObject({
    stypeIn: "parent",
    instrumentId: null,
    tick: null,
  });
  expect(decodeInstrument(parseJson(INSTRUMENT))).toMatchObject({ isSpread: false, asset: "ES" });
});

describe("answers of the historical call", () => {
  const row = TRADE.replace('"type":"trade",', "");

  it("trades, with what is not in them", () => {
    const from = `{"kind":"tape","name":"a.dbn","complete":true,"truncated":true,"clipped_at_ns":null}`;
    const answer = decodeHistory(parseJson(`{"schema":"trades","data":[${row}],"source":${from}}`));
    expect(answer.rows).toMatchObject([{ kind: "trade", trade: { size: 7 } }]);
    expect(answer.note).toBe("only the first 1: narrow the range · from a.dbn");
  });

  it("quotes with the trade they stand by", () => {
    const quote = row.replace(
      /\}$/,
      `,"action":"T","bid_px_i64":1,"ask_px_i64":2,"bid_sz_u32":3,"ask_sz_u32":4,"bid_ct_u32":5,"ask_ct_u32":6}`,
    );
    const answer = decodeHistory(parseJson(`{"schema":"tbbo","data":[${quote}]}`));
    expect(answer.rows).toMatchObject([
      {
        kind: "quote",
        action: "T",
        bid: { price: 1n, size: 3, count: 5 },
        ask: { price: 2n, size: 4, count: 6 },
      },
    ]);
  });

  it("bars without the volumes that are not known", () => {
    const bar = BAR.replace(/"buy_volume_u64":20,\s*"sell_volume_u64":10,"trades_u64":9,/, "");
    const answer = decodeHistory(parseJson(`{"schema":"ohlcv-1h","data":[${bar}]}`));
    expect(answer.rows).toMatchObject([
      { kind: "bar", bar: { schema: "ohlcv-1h", bar: { buyVolume: null } } },
    ]);
  });
});

it("an error body of another form still says something", () => {
  expect(decodeProblem("<html>").message).not.toBe("");
});
