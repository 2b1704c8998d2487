/** Readers of one field each; every failure names the field and the value. */

import type { Price } from "../market/prices";
import { parseTime } from "../market/times";

export type Json = Record<string, unknown>;

export class DecodeError extends Error {
  override name = "DecodeError";
}

function wrong(field: string, value: unknown, wanted: string): DecodeError {
  return new DecodeError(
    `field ${field}: expected ${wanted}, got ${JSON.stringify(value) ?? "nothing"}`,
  );
}

// A double holds 15 digits for sure: longer integers are turned into strings before JSON is parsed.
const LONG_INTEGER = /"(\w+_i64|\w+_ns)"\s*:\s*(-?\d{16,})/g;

export function parseJson(text: string): unknown {
  return JSON.parse(text.replace(LONG_INTEGER, '"$1":"$2"'));
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown, field: string): Json {
  if (!isObject(value)) throw wrong(field, value, "an object");
  return value;
}

export function listAt(o: Json, field: string): unknown[] {
  const value = o[field];
  if (!Array.isArray(value)) throw wrong(field, value, "a list");
  return value;
}

export function textAt(o: Json, field: string): string {
  const value = o[field];
  if (typeof value !== "string") throw wrong(field, value, "text");
  return value;
}

export function textOrNull(o: Json, field: string): string | null {
  return o[field] === null || o[field] === undefined ? null : textAt(o, field);
}

export function textsAt(o: Json, field: string): string[] {
  return listAt(o, field).map((value) => {
    if (typeof value !== "string") throw wrong(field, value, "texts");
    return value;
  });
}

export function numberAt(o: Json, field: string): number {
  const value = o[field];
  if (typeof value !== "number") throw wrong(field, value, "a number");
  return value;
}

export function numberOrNull(o: Json, field: string): number | null {
  return o[field] === null || o[field] === undefined ? null : numberAt(o, field);
}

export function flagAt(o: Json, field: string): boolean {
  const value = o[field];
  if (typeof value !== "boolean") throw wrong(field, value, "true or false");
  return value;
}

export function priceAt(o: Json, field: string): Price {
  const value = o[field];
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  throw wrong(field, value, "an integer price");
}

export function priceOrNull(o: Json, field: string): Price | null {
  return o[field] === null || o[field] === undefined ? null : priceAt(o, field);
}

export function timeAt(o: Json, field: string): bigint {
  const value = o[field];
  const time = typeof value === "string" ? parseTime(value) : null;
  if (time === null) throw wrong(field, value, "a time as text");
  return time;
}

export function timeOrNull(o: Json, field: string): bigint | null {
  return o[field] === null || o[field] === undefined ? null : timeAt(o, field);
}
