/** The HTTP calls about signals that are kept, and the settings of the screen. */

import type { FlowSession, Signal, SignalPage, Stats } from "../signals/signal";
import { decodePage, decodeSession, decodeSignal, decodeStats } from "../signals/signal";
import { decodeThresholds, type Threshold } from "../signals/thresholds";
import { type Json, listAt, objectOf } from "./fields";
import { ask, send } from "./http";

export function fetchSignals(
  query: URLSearchParams,
  limit: number,
  offset: number,
  signal?: AbortSignal,
): Promise<SignalPage> {
  const whole = new URLSearchParams(query);
  whole.set("limit", String(limit));
  whole.set("offset", String(offset));
  return ask(`/api/signals?${whole}`, decodePage, signal === undefined ? {} : { signal });
}

export function fetchStats(query: URLSearchParams, signal?: AbortSignal): Promise<Stats> {
  return ask(`/api/stats?${query}`, decodeStats, signal === undefined ? {} : { signal });
}

/** `rules` as the server takes it: empty for the thresholds in use, or `all`. */
export function fetchSessions(
  limit: number,
  rules: string,
  signal?: AbortSignal,
): Promise<FlowSession[]> {
  const read = (value: unknown) => listAt(objectOf(value, "answer"), "sessions").map(decodeSession);
  const query = new URLSearchParams({ limit: String(limit), rules });
  return ask(`/api/sessions?${query}`, read, signal === undefined ? {} : { signal });
}

export function fetchThresholds(signal?: AbortSignal): Promise<Threshold[]> {
  return ask("/api/thresholds", decodeThresholds, signal === undefined ? {} : { signal });
}

export function exportUrl(query: URLSearchParams, format: "csv" | "json" | "parquet"): string {
  const whole = new URLSearchParams(query);
  whole.set("format", format);
  return `/api/signals/export?${whole}`;
}

/** Keep a note with a signal; an empty one takes it away. */
export async function keepNote(id: string, text: string): Promise<Signal | null> {
  const path = `/api/signals/${encodeURIComponent(id)}/note`;
  if (text.trim() !== "") return ask(path, decodeSignal, send("PUT", { text: text.trim() }));
  await ask(path, () => null, { method: "DELETE" });
  return null;
}

export function fetchKeptSettings(): Promise<Json> {
  return ask("/api/settings", (value) => objectOf(value, "settings"));
}

export function keepSettings(settings: Json): Promise<Json> {
  return ask("/api/settings", (value) => objectOf(value, "settings"), send("PUT", settings));
}
