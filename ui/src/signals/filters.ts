/** Which signals a person wants to see: the same for what is on the page and for what is asked of the server. */

import type { Direction, Strength } from "../flow/wire";
import { type OUTCOMES, outcomeOf, type Signal, STRENGTHS } from "./signal";

export interface Filters {
  /** Empty: of every kind. */
  kind: string;
  direction: Direction | "";
  /** At least this strong. */
  strength: Strength | "";
  outcome: (typeof OUTCOMES)[number] | "";
  /** Empty: of every instrument. */
  symbol: string;
}

export const NO_FILTERS: Filters = {
  kind: "",
  direction: "",
  strength: "",
  outcome: "",
  symbol: "",
};

export function passes(signal: Signal, filters: Filters): boolean {
  const { kind, direction, strength, outcome, symbol } = filters;
  return (
    (kind === "" || signal.kind === kind) &&
    (direction === "" || signal.direction === direction) &&
    (strength === "" || isAtLeast(signal.strength, strength)) &&
    (outcome === "" || (outcomeOf(signal) ?? "pending") === outcome) &&
    (symbol === "" || signal.symbol === symbol)
  );
}

export function isAtLeast(strength: Strength, least: Strength): boolean {
  return STRENGTHS.indexOf(strength) >= STRENGTHS.indexOf(least);
}

/** A range of days or times as a person types it, for the server. */
export interface Range {
  start: string;
  end: string;
}

/** The query of `/api/signals` and its neighbours: what is empty is not asked. The server knows no strength. */
export function queryOf(filters: Filters, range: Range = { start: "", end: "" }): URLSearchParams {
  const query = new URLSearchParams();
  const put = (name: string, value: string) => value !== "" && query.set(name, value);
  put("signal_type", filters.kind);
  put("direction", filters.direction);
  put("outcome", filters.outcome);
  put("symbol", filters.symbol);
  put("start_date", timeOf(range.start));
  put("end_date", timeOf(range.end));
  return query;
}

const MINUTE = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d(?:\.\d+)?)?Z?$/;

/** A time is written out, in UTC; a day stays a day, as the server takes all of it. */
function timeOf(typed: string): string {
  const text = typed.trim();
  const found = MINUTE.exec(text);
  return found === null ? text : `${found[1]}T${found[2]}${found[3] ?? ":00"}Z`;
}
