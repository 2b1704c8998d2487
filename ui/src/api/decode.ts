/** JSON of docs/api.md to the types of messages.ts. Nothing else knows the wire's names. */

import type { BarSchema } from "../market/bars";
import { toSeconds } from "../market/times";
import {
  DecodeError,
  flagAt,
  isObject,
  type Json,
  listAt,
  numberAt,
  numberOrNull,
  objectOf,
  parseJson,
  priceAt,
  priceOrNull,
  textAt,
  textOrNull,
  textsAt,
  timeAt,
  timeOrNull,
} from "./fields";
import type {
  Book,
  HistoryAnswer,
  HistoryRow,
  Instrument,
  InstrumentBar,
  Level,
  Message,
  Mode,
  Problem,
  ReplayStatus,
  Side,
  Source,
  Trade,
} from "./messages";

const BAR_SCHEMAS: readonly string[] = ["ohlcv-1s", "ohlcv-1m", "ohlcv-1h", "ohlcv-1d"];
const MODES: readonly string[] = ["SIMULATED", "REPLAY", "LIVE"];

function isBarSchema(text: string): text is BarSchema {
  return BAR_SCHEMAS.includes(text);
}

function isMode(text: string): text is Mode {
  return MODES.includes(text);
}

function sideOf(text: string | null): Side {
  return text === "B" || text === "A" ? text : "N";
}

export function decodeReplay(value: unknown): ReplayStatus {
  const o = objectOf(value, "replay");
  return {
    startNs: timeAt(o, "start_ns"),
    endNs: timeAt(o, "end_ns"),
    cursorNs: timeAt(o, "cursor_ns"),
    speed: numberOrNull(o, "speed"),
    paused: flagAt(o, "paused"),
    finished: flagAt(o, "finished"),
    loops: numberAt(o, "loops"),
    position: numberOrNull(o, "position_u64"),
    records: numberOrNull(o, "records_u64"),
    mboPosition: numberOrNull(o, "mbo_position_u64"),
    indexed: numberOrNull(o, "indexed"),
  };
}

export function decodeSource(value: unknown): Source {
  const o = objectOf(value, "source");
  const mode = textAt(o, "mode");
  if (!isMode(mode)) throw new DecodeError(`field mode: unknown mode ${mode}`);
  return {
    mode,
    dataset: textAt(o, "dataset"),
    depth: textAt(o, "depth"),
    schemas: textsAt(o, "schemas"),
    defaultSymbols: textsAt(o, "default_symbols"),
    version: textAt(o, "version"),
    lagMs: numberOrNull(o, "lag_ms"),
    drops: numberAt(o, "drops"),
    gaps: numberAt(o, "gaps"),
    crossings: numberAt(o, "crossings"),
    connected: flagAt(o, "connected"),
    replay: o.replay === null || o.replay === undefined ? null : decodeReplay(o.replay),
  };
}

export function decodeInstrument(value: unknown): Instrument {
  const o = objectOf(value, "instrument");
  return {
    symbol: textAt(o, "symbol"),
    stypeIn: textOrNull(o, "stype_in") ?? "raw_symbol",
    instrumentId: numberOrNull(o, "instrument_id"),
    asset: textOrNull(o, "asset"),
    isSpread: o.is_spread === true,
    tick: priceOrNull(o, "tick_i64"),
    currency: textOrNull(o, "currency"),
    expirationNs: timeOrNull(o, "expiration_ns"),
  };
}

function decodeTrade(o: Json): Trade {
  return {
    tsEvent: timeAt(o, "ts_event"),
    symbol: textAt(o, "symbol"),
    instrumentId: numberAt(o, "instrument_id"),
    price: priceAt(o, "price_i64"),
    size: numberAt(o, "size_u32"),
    side: sideOf(textOrNull(o, "side")),
  };
}

function decodeBar(o: Json, schema: string): InstrumentBar {
  if (!isBarSchema(schema)) throw new DecodeError(`field schema: unknown bars ${schema}`);
  const tsEvent = timeAt(o, "ts_event");
  return {
    schema,
    tsEvent,
    symbol: textAt(o, "symbol"),
    instrumentId: numberAt(o, "instrument_id"),
    bar: {
      startS: toSeconds(tsEvent),
      open: priceAt(o, "open_i64"),
      high: priceAt(o, "high_i64"),
      low: priceAt(o, "low_i64"),
      close: priceAt(o, "close_i64"),
      volume: numberAt(o, "volume_u64"),
      buyVolume: numberOrNull(o, "buy_volume_u64"),
      sellVolume: numberOrNull(o, "sell_volume_u64"),
      trades: numberOrNull(o, "trades_u64"),
    },
  };
}

function decodeLevel(value: unknown): Level {
  const o = objectOf(value, "level");
  return { price: priceAt(o, "price_i64"), size: numberAt(o, "size"), count: numberAt(o, "count") };
}

export function decodeBook(value: unknown): Book {
  const o = objectOf(value, "book");
  return {
    tsEvent: timeAt(o, "ts_event"),
    symbol: textAt(o, "symbol"),
    instrumentId: numberAt(o, "instrument_id"),
    bids: listAt(o, "bids").map(decodeLevel),
    asks: listAt(o, "asks").map(decodeLevel),
    bidLevels: numberAt(o, "bid_levels"),
    askLevels: numberAt(o, "ask_levels"),
    liveOrders: numberOrNull(o, "live_orders"),
    crossed: flagAt(o, "crossed"),
    locked: flagAt(o, "locked"),
    stale: flagAt(o, "stale"),
  };
}

export function decodeProblem(value: unknown): Problem {
  if (!isObject(value) || typeof value.message !== "string") {
    return { code: "bad-answer", message: "The server answered in an unexpected form.", hint: "" };
  }
  return {
    code: textOrNull(value, "code") ?? "error",
    message: value.message,
    hint: textOrNull(value, "hint") ?? "",
  };
}

/** The messages of a frame, still to be decoded: it holds one, or a list of them. Raises SyntaxError. */
export function messagesIn(text: string): unknown[] {
  const said = parseJson(text);
  return Array.isArray(said) ? said : [said];
}

/** Decode one message of the WebSocket. Raises DecodeError on what is none. */
export function decodeMessage(said: unknown): Message {
  const o = objectOf(said, "message");
  const type = textAt(o, "type");
  switch (type) {
    case "trade":
      return { type: "trades", trades: [decodeTrade(o)] };
    case "trades":
      return { type, trades: listAt(o, "trades").map((t) => decodeTrade(objectOf(t, "trade"))) };
    case "bar":
      return { type: "bars", bars: [decodeBar(o, textAt(o, "schema"))] };
    case "bars": {
      const schema = textOrNull(o, "schema") ?? "";
      const one = (bar: Json) => decodeBar(bar, textOrNull(bar, "schema") ?? schema);
      return { type, bars: listAt(o, "bars").map((bar) => one(objectOf(bar, "bar"))) };
    }
    case "book":
      return { type, book: decodeBook(o) };
    case "connected":
      return {
        type,
        source: decodeSource(o.source),
        symbols: textsAt(o, "symbols"),
        instruments: listAt(o, "instruments").map(decodeInstrument),
      };
    case "status":
      return { type, source: decodeSource(o.source) };
    case "reset":
      return { type, reason: textAt(o, "reason") };
    case "gap":
      return {
        type,
        gap: {
          symbol: textOrNull(o, "symbol"),
          startNs: timeAt(o, "start_ns"),
          endNs: timeAt(o, "end_ns"),
          reason: textAt(o, "reason"),
        },
      };
    case "error":
      return { type, problem: decodeProblem(o) };
    default:
      return { type: "unknown", name: type };
  }
}

/** Decode the rows of `POST /api/historical`. */
export function decodeHistory(value: unknown): HistoryAnswer {
  const o = objectOf(value, "answer");
  const schema = textAt(o, "schema");
  const rows = listAt(o, "data").map((item): HistoryRow => {
    const row = objectOf(item, "row");
    if (isBarSchema(schema)) return { kind: "bar", bar: decodeBar(row, schema) };
    const trade = decodeTrade(row);
    if (schema === "trades") return { kind: "trade", trade };
    const level = (side: string): Level => ({
      price: priceAt(row, `${side}_px_i64`),
      size: numberAt(row, `${side}_sz_u32`),
      count: numberAt(row, `${side}_ct_u32`),
    });
    const action = textOrNull(row, "action") ?? "";
    return { kind: "quote", trade, bid: level("bid"), ask: level("ask"), action };
  });
  return { schema, rows, note: isObject(o.source) ? noteOf(o.source, rows.length) : "" };
}

function noteOf(source: Json, rows: number): string {
  const parts: string[] = [];
  if (source.truncated === true) parts.push(`only the first ${rows}: narrow the range`);
  if (textOrNull(source, "clipped_at_ns") !== null) parts.push("up to the replay's cursor");
  else if (source.complete === false) parts.push("not all of the range is there");
  return [...parts, `from ${textAt(source, "name")}`].join(" · ");
}
