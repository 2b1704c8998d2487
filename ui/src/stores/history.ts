/** Rows fetched from the past. */

import { create } from "zustand";
import { fetchHistorical, type HistoricalRequest, problemOf } from "../api/http";
import type { HistoryAnswer, HistoryRow } from "../api/messages";
import { type BarSchema, INTERVALS } from "../market/bars";
import { parseSymbols } from "../market/instruments";
import { formatRfc3339, parseTime } from "../market/times";
import { showHistory, useMarket } from "./market";
import { useSession } from "./session";
import { useSettings } from "./settings";

export const HISTORICAL_SCHEMAS = [
  "trades",
  "ohlcv-1s",
  "ohlcv-1m",
  "ohlcv-1h",
  "ohlcv-1d",
  "tbbo",
  "mbp-1",
] as const;

const MOST_ROWS = 50_000;
const NS_PER_S = 1_000_000_000n;
const OPEN_RANGE_NS = 15n * 60n * NS_PER_S;

interface History {
  schema: string;
  start: string;
  end: string;
  loading: boolean;
  /** Null until something was fetched. */
  rows: HistoryRow[] | null;
  rowsSchema: string;
  /** What is not in the rows, or where they come from. */
  note: string;
  set(change: Partial<Pick<History, "schema" | "start" | "end">>): void;
  fetch(): Promise<void>;
  close(): void;
}

let running: AbortController | null = null;
/** The interval that a fetch put in place of another one. */
let shown: { before: string | null; now: string } | null = null;

export const useHistory = create<History>()((set, get) => ({
  schema: "ohlcv-1m",
  start: "",
  end: "",
  loading: false,
  rows: null,
  rowsSchema: "",
  note: "",
  set: (change) => set(change),
  fetch: async () => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    set({ loading: true });
    useSession.getState().report(null);
    try {
      const { schema, start, end } = get();
      const symbols = parseSymbols(useSession.getState().symbolsText);
      const range = openRange(start, end, nowNs());
      const asked = { symbols, schema, ...range, limit: MOST_ROWS, clip: watchesReplay() };
      const answer = fetchHistorical(asked, mine.signal);
      const candles = candlesFor(range, schema);
      const bars = candles === null ? answer : drawable({ ...asked, schema: candles }, mine.signal);
      const [{ rows, schema: rowsSchema, note }, drawn] = await Promise.all([answer, bars]);
      set({ rows, rowsSchema, note });
      showInterval(drawn.schema, drawn.rows.length);
      showHistory(drawn.rows);
    } catch (error) {
      if (!mine.signal.aborted) useSession.getState().report(problemOf(error));
    } finally {
      if (running === mine) set({ loading: false });
    }
  },
  close: () => {
    set({ rows: null });
    showHistory([]);
    const settings = useSettings.getState();
    if (shown !== null && settings.interval === shown.now) settings.set({ interval: shown.before });
    shown = null;
  },
}));

/** In a replay nothing after its cursor may be seen: the server then cuts there. */
function watchesReplay(): boolean {
  return useSession.getState().source?.replay != null;
}

/** Candles to draw beside rows that are none, by the length of the range; null where the rows are candles. */
export function candlesFor(
  range: { start: string; end: string },
  schema: string,
): BarSchema | null {
  if (schema.startsWith("ohlcv")) return null;
  const [start, end] = [parseTime(range.start), parseTime(range.end)];
  if (start === null || end === null) return null;
  const minutes = Number((end - start) / NS_PER_S) / 60;
  if (minutes <= 30) return "ohlcv-1s";
  return minutes <= 7 * 24 * 60 ? "ohlcv-1m" : "ohlcv-1h";
}

/** A range as it is sent: what was left open ends now, by the market's clock, and lasts 15 minutes. */
export function openRange(
  start: string,
  end: string,
  nowNs: bigint,
): { start: string; end: string } {
  const to = end.trim() === "" ? formatRfc3339(nowNs) : end.trim();
  const toNs = parseTime(to) ?? nowNs;
  return {
    start: start.trim() === "" ? formatRfc3339(toNs - OPEN_RANGE_NS) : start.trim(),
    end: to,
  };
}

function nowNs(): bigint {
  return useMarket.getState().data.clockNs ?? BigInt(Date.now()) * 1_000_000n;
}

/** Candles for the chart; rows are shown without them too. */
async function drawable(asked: HistoricalRequest, signal: AbortSignal): Promise<HistoryAnswer> {
  try {
    return await fetchHistorical(asked, signal);
  } catch (error) {
    if (!signal.aborted) useSession.getState().report(problemOf(error));
    return { schema: asked.schema, rows: [], note: "" };
  }
}

/** Bars that were fetched are shown at their own interval, unless the one chosen is made of them. */
function showInterval(schema: string, rows: number): void {
  const settings = useSettings.getState();
  const fits = INTERVALS.filter((interval) => interval.from === schema);
  const first = fits[0];
  if (rows === 0 || first === undefined || fits.some((i) => i.name === settings.interval)) return;
  shown = { before: shown === null ? settings.interval : shown.before, now: first.name };
  settings.set({ interval: first.name });
}

// A replay that starts over elsewhere may stand before what was fetched.
useSession.subscribe((now, before) => {
  const { rows, close } = useHistory.getState();
  if (now.timeline !== before.timeline && rows !== null) close();
});

// A recorded session says what range there is to ask for.
useSession.subscribe((now, before) => {
  const replay = now.source?.replay;
  if (replay == null || before.source !== null) return;
  const wholeSeconds = (ns: bigint) => formatRfc3339((ns / NS_PER_S) * NS_PER_S);
  const end = wholeSeconds(replay.endNs + NS_PER_S - 1n);
  useHistory.setState({ start: wholeSeconds(replay.startNs), end });
});
