/** Rows fetched from the past. */

import { create } from "zustand";
import { fetchHistorical, problemOf } from "../api/http";
import type { HistoryRow } from "../api/messages";
import { INTERVALS } from "../market/bars";
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
      const { rows, schema: rowsSchema, note } = await fetchHistorical(asked, mine.signal);
      set({ rows, rowsSchema, note });
      showInterval(rowsSchema, rows.length);
      showHistory(rows);
    } catch (error) {
      if (!mine.signal.aborted) useSession.getState().report(problemOf(error));
    } finally {
      if (running === mine) set({ loading: false });
    }
  },
  close: () => {
    set({ rows: null });
    showHistory([]);
  },
}));

/** While a replay is watched nothing after its cursor may be seen: the server then cuts there. */
function watchesReplay(): boolean {
  const { source, connection } = useSession.getState();
  return source?.replay != null && connection.state !== "idle";
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

/** Bars that were fetched are shown at their own interval, unless the one chosen is made of them. */
function showInterval(schema: string, rows: number): void {
  const settings = useSettings.getState();
  const fits = INTERVALS.filter((interval) => interval.from === schema);
  const first = fits[0];
  if (rows === 0 || first === undefined || fits.some((i) => i.name === settings.interval)) return;
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
