/** From a frame of `/ws/flow` to its messages: one, or a list of them. */

import { decodeProblem } from "../api/decode";
import { DecodeError, type Json, objectOf, textAt } from "../api/fields";
import type { FlowMessage } from "./wire";

interface Needs {
  numbers?: readonly string[];
  texts?: readonly string[];
  lists?: readonly string[];
}

const TIMED = ["symbol", "tsNs"];
const SIGNAL = { numbers: ["price"], texts: ["id", "direction", ...TIMED] };
const OF_SYMBOL = { texts: ["symbol"] };

/** What a message cannot be read without. */
const NEEDS: Record<Exclude<FlowMessage["type"], "Error" | "Unknown">, Needs> = {
  Connected: { lists: ["symbols", "instruments"], texts: ["mode"] },
  ReplayStatus: { texts: ["currentTimeNs"] },
  Begin: OF_SYMBOL,
  Caught: OF_SYMBOL,
  Bubble: {
    numbers: ["price", "volume", "buyVolume", "sellVolume", "tier", "imbalance"],
    texts: ["id", "side", "startNs", ...TIMED],
  },
  Sweep: { numbers: ["price", "priceLow", "priceHigh", "size"], texts: ["id", "side", ...TIMED] },
  CVDPoint: { numbers: ["value", "open", "high", "low"], texts: TIMED, lists: ["buckets"] },
  VolumeProfile: { texts: ["symbol", "scope"], lists: ["levels", "hvn", "lvn"] },
  Developing: { texts: TIMED },
  Footprint: {
    numbers: ["open", "high", "low", "close", "volume", "delta"],
    texts: ["symbol", "startNs", "endNs", "every"],
    lists: ["levels", "imbalances", "stacked"],
  },
  NakedPoc: { ...OF_SYMBOL, lists: ["levels"] },
  Levels: { ...OF_SYMBOL, lists: ["levels"] },
  SessionHours: { ...OF_SYMBOL, lists: ["sessions"] },
  Legs: { ...OF_SYMBOL, lists: ["legs"] },
  AbsorptionZones: { ...OF_SYMBOL, lists: ["zones"] },
  Absorption: {
    numbers: ["price", "totalAbsorbed"],
    texts: ["id", "absorptionType", "strength", ...TIMED],
  },
  DeltaFlip: {
    numbers: ["cvdBefore", "cvdAfter"],
    texts: ["id", "direction", "flipType", ...TIMED],
  },
  StackedImbalance: { numbers: ["priceLow", "priceHigh"], texts: ["id", "side", ...TIMED] },
  Divergence: {
    numbers: [...SIGNAL.numbers, "priceFrom", "priceTo", "cvdFrom", "cvdTo"],
    texts: [...SIGNAL.texts, "fromNs"],
  },
  Iceberg: { numbers: ["price", "filled"], texts: ["id", "side", ...TIMED] },
  Touch: { texts: TIMED },
  Confluence: { numbers: ["score", "price"], texts: SIGNAL.texts, lists: ["signals"] },
  Signal: OF_SYMBOL,
  Outcome: OF_SYMBOL,
  SessionStats: OF_SYMBOL,
};

function isKnown(type: string): type is keyof typeof NEEDS {
  return Object.hasOwn(NEEDS, type);
}

function wrong(type: string, field: string, value: unknown): DecodeError {
  const got = JSON.stringify(value) ?? "nothing";
  return new DecodeError(`${type}, field ${field}: not as it should be, got ${got}`);
}

function check(type: string, message: Json, { numbers, texts, lists }: Needs): void {
  for (const field of numbers ?? []) {
    if (typeof message[field] !== "number") throw wrong(type, field, message[field]);
  }
  for (const field of texts ?? []) {
    if (typeof message[field] !== "string") throw wrong(type, field, message[field]);
  }
  for (const field of lists ?? []) {
    if (!Array.isArray(message[field])) throw wrong(type, field, message[field]);
  }
}

export function decodeOne(value: unknown): FlowMessage {
  const message = objectOf(value, "message");
  const type = textAt(message, "type");
  if (type === "Error") return { type, problem: decodeProblem(message) };
  if (!isKnown(type)) return { type: "Unknown", name: type };
  check(type, message, NEEDS[type]);
  return message as unknown as FlowMessage;
}

/** Raises DecodeError or SyntaxError on what is no message. */
export function decodeFlow(text: string): FlowMessage[] {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.map(decodeOne) : [decodeOne(value)];
}
