/** Records and their effects by position: the server-sent events of docs/api.md, decoded. */

import { type BookEvent, EFFECT_KINDS, type Effect } from "../book/eventRing";
import {
  DecodeError,
  isObject,
  type Json,
  numberAt,
  objectOf,
  parseJson,
  priceOrNull,
  textAt,
  textOrNull,
  timeAt,
} from "./fields";

const REASONS: Record<string, number> = { "never-rests": 1, "unknown-order": 2, "bad-record": 3 };

function priceAt(o: Json, field: string): number {
  const price = priceOrNull(o, field);
  return price === null ? Number.NaN : Number(price);
}

function sizeAt(o: Json, field: string): number {
  return o[field] === undefined ? 0 : numberAt(o, field);
}

function decodeEffect(o: Json): Effect {
  const said = textAt(o, "kind");
  const kind = EFFECT_KINDS.find((one) => one === said);
  if (kind === undefined) throw new DecodeError(`field kind: unknown effect ${said}`);
  const side = textOrNull(o, "side") ?? "";
  const isModify = kind === "modify";
  return {
    kind,
    reason: REASONS[textOrNull(o, "reason") ?? ""] ?? 0,
    side,
    oldSide: textOrNull(o, "old_side") ?? (isModify ? side : ""),
    price: priceAt(o, isModify ? "new_price_i64" : "price_i64"),
    oldPrice: isModify ? priceAt(o, "old_price_i64") : 0,
    size: sizeAt(o, isModify ? "new_size" : "size"),
    oldSize: isModify ? sizeAt(o, "old_size") : 0,
  };
}

function decodeEvent(value: unknown): BookEvent {
  const o = objectOf(value, "event");
  const record = objectOf(o.record, "record");
  return {
    position: numberAt(o, "position"),
    publisherId: numberAt(record, "publisher_id"),
    instrumentId: numberAt(record, "instrument_id"),
    tsEvent: timeAt(record, "ts_event"),
    tsRecv: timeAt(record, "ts_recv"),
    tsInDelta: numberAt(record, "ts_in_delta"),
    orderId: BigInt(textAt(record, "order_id")),
    price: priceAt(record, "price_i64"),
    size: numberAt(record, "size"),
    flags: numberAt(record, "flags"),
    channelId: numberAt(record, "channel_id"),
    sequence: numberAt(record, "sequence"),
    action: textAt(record, "action"),
    side: textAt(record, "side"),
    effect: decodeEffect(objectOf(o.effect, "effect")),
  };
}

/** Read a whole answer; what is no record, such as its end, is passed over. */
export function decodeEffectEvents(text: string): BookEvent[] {
  const events: BookEvent[] = [];
  for (const block of text.split("\n\n")) {
    const data = block.split("\n").find((line) => line.startsWith("data:"));
    if (data === undefined || block.startsWith("event:")) continue;
    const value = parseJson(data.slice(5));
    if (isObject(value)) events.push(decodeEvent(value));
  }
  return events;
}
