/** How a person wants each flow chart, kept in the browser by the name of its panel. */

import { create } from "zustand";
import { persist } from "zustand/middleware";
import { KINDS, type Kind } from "../signals/kinds";

export type Cells = "bidask" | "delta" | "volume" | "profile";

export interface FlowSettings {
  bars: "candles" | "footprint";
  cells: Cells;
  /** Length of a bar: `1m`, `500t`, `8r`; null: as on the chart. */
  every: string | null;
  bubbles: boolean;
  /** Smaller bubbles are not drawn. */
  minSize: number;
  profile: "off" | "session" | "composite" | "visible" | "fixed";
  /** Of the composite profile: how many, today's among them. */
  sessions: number;
  /** Of the fixed profile; null: what is seen when it is chosen. */
  fixedRange: { fromMs: number; toMs: number } | null;
  developing: boolean;
  /** Whether what lies outside regular hours is shaded, and sessions are named. */
  hours: boolean;
  levels: boolean;
  zones: boolean;
  nakedPocs: boolean;
  legs: boolean;
  cvd: "off" | "line" | "candles";
  /** Whether the CVD goes on from session to session. */
  continuous: boolean;
  buckets: boolean;
  marks: readonly Kind[];
}

export const DEFAULTS: FlowSettings = {
  bars: "candles",
  cells: "bidask",
  every: null,
  bubbles: true,
  minSize: 0,
  profile: "session",
  sessions: 5,
  fixedRange: null,
  developing: true,
  hours: true,
  levels: true,
  zones: true,
  nakedPocs: true,
  legs: false,
  cvd: "line",
  continuous: false,
  buckets: false,
  // Those of single orders and prints come by the second.
  marks: KINDS.filter((kind) => kind !== "sweep" && kind !== "iceberg"),
};

/** What a person wiped out or set to nought, by the market's clock. */
export interface Wiped {
  baselineMs: number | null;
  clearedMs: number;
}

/** Settings with nothing left open. */
export type ShownSettings = FlowSettings & { every: string };

/** What a composite profile can be of. */
export const SESSIONS = { fewest: 2, most: 21 } as const;

export const BAR_LENGTHS = [
  { group: "Time", lengths: ["1s", "5s", "15s", "30s", "1m", "5m", "15m", "30m", "1h"] },
  { group: "Trades", lengths: ["100t", "500t", "2000t"] },
  { group: "Volume", lengths: ["500v", "2000v", "10000v"] },
  { group: "Range", lengths: ["4r", "8r", "16r"] },
  { group: "Delta", lengths: ["200d", "500d", "2000d"] },
] as const;

interface Store {
  charts: Readonly<Record<string, Partial<FlowSettings>>>;
  set(id: string, change: Partial<FlowSettings>): void;
  /** All charts have bars as long as the candles again. */
  followInterval(): void;
}

export const useFlowCharts = create<Store>()(
  persist(
    (set) => ({
      charts: {},
      set: (id, change) =>
        set(({ charts }) => ({ charts: { ...charts, [id]: { ...charts[id], ...change } } })),
      followInterval: () =>
        set(({ charts }) => ({
          charts: Object.fromEntries(
            Object.entries(charts).map(([id, chart]) => [id, { ...chart, every: null }]),
          ),
        })),
    }),
    { name: "ticktape.flow", version: 1 },
  ),
);

export function settingsOf(id: string): FlowSettings {
  return { ...DEFAULTS, ...useFlowCharts.getState().charts[id] };
}

/** `1m` and `15 min` read alike: how a length is told. */
export function lengthName(every: string): string {
  const [, count = "", unit = ""] = /^(\d+)([a-z]+)$/.exec(every) ?? [];
  const names: Record<string, string> = { t: "trades", v: "volume", r: "ticks range", d: "delta" };
  return names[unit] === undefined || every === "1d" ? every : `${count} ${names[unit]}`;
}
