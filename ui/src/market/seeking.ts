/** Places on a replay's seek bar, and how a person says them. */

import { parseTime, type Zone } from "./times";

export interface Span {
  startNs: bigint;
  endNs: bigint;
}

/** Where to go: a time, or the number of a record. */
export type Target = { kind: "time"; ns: bigint } | { kind: "record"; position: number };

// A share of the span in parts of a million million: exact to the microsecond over a day.
const PARTS = 1_000_000_000_000;
const NS_PER_S = 1_000_000_000n;
const S_PER_DAY = 86_400n;
const UNITS: Record<string, bigint> = { s: 1n, m: 60n, h: 3_600n };
const CLOCK = /^(?:(\d{4}-\d\d-\d\d)[ T])?(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const OFFSET = /^([+-])(\d+(?:\.\d+)?)\s*(s|m|h)?$/;

export function atFraction({ startNs, endNs }: Span, fraction: number): bigint {
  const within = Math.min(1, Math.max(0, fraction));
  return startNs + ((endNs - startNs) * BigInt(Math.round(within * PARTS))) / BigInt(PARTS);
}

export function fractionOf({ startNs, endNs, cursorNs }: Span & { cursorNs: bigint }): number {
  if (endNs <= startNs) return 1;
  return Math.min(1, Math.max(0, Number(cursorNs - startNs) / Number(endNs - startNs)));
}

/**
 * Read what a person typed: `14:31`, `14:31:07.25` or with a date, in the page's zone; RFC 3339 or nanoseconds;
 * `+30s`, `-5m` from the cursor; `40%` of the tape; `#1200` the record of that number. Null if it is none.
 */
export function parseTarget(
  typed: string,
  replay: Span & { cursorNs: bigint },
  zone: Zone,
): Target | null {
  const text = typed.trim();
  if (/^#\d{1,15}$/.test(text)) return { kind: "record", position: Number(text.slice(1)) };
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (share !== null) {
    return { kind: "time", ns: atFraction(replay, Number(share[1]) / 100) };
  }
  // Nanoseconds since the epoch are long; a shorter number is a slip.
  if (/^\d{1,14}$/.test(text)) return null;
  const ns = offsetFrom(text, replay.cursorNs) ?? clockIn(text, replay, zone) ?? parseTime(text);
  return ns === null ? null : { kind: "time", ns };
}

function offsetFrom(text: string, cursorNs: bigint): bigint | null {
  const match = OFFSET.exec(text);
  if (match === null) return null;
  const [, sign, amount = "0", unit = "s"] = match;
  const ns = BigInt(Math.round(Number(amount) * 1e9)) * (UNITS[unit] ?? 1n);
  return sign === "-" ? cursorNs - ns : cursorNs + ns;
}

/** A time of day is of the cursor's day, or of the day beside it that lies on the tape. */
function clockIn(text: string, replay: Span & { cursorNs: bigint }, zone: Zone): bigint | null {
  const match = CLOCK.exec(text);
  if (match === null) return null;
  const [, date, hours = "", minutes = "", seconds = "00", fraction = ""] = match;
  const clock = `${hours.padStart(2, "0")}:${minutes}:${seconds}`;
  const at = (day: string): bigint | null => {
    const ms = Date.parse(`${day}T${clock}${zone === "utc" ? "Z" : ""}`);
    if (Number.isNaN(ms)) return null;
    return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  };
  if (date !== undefined) return at(date);
  const ns = at(dayOf(replay.cursorNs, zone));
  if (ns === null) return null;
  const day = S_PER_DAY * NS_PER_S;
  const candidates = [ns, ns - day, ns + day];
  return candidates.find((one) => one >= replay.startNs && one <= replay.endNs) ?? ns;
}

function dayOf(ns: bigint, zone: Zone): string {
  const date = new Date(Number(ns / 1_000_000n));
  const shift = zone === "utc" ? 0 : date.getTimezoneOffset() * 60_000;
  return new Date(date.getTime() - shift).toISOString().slice(0, 10);
}
