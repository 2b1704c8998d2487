/** How a person wants to be told of signals, and what is being told. */

import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Direction, Strength } from "../flow/wire";
import { KINDS } from "../signals/kinds";
import { STRENGTHS } from "../signals/signal";

/** What can sound: every kind of signal, and a price that comes near a level. */
export const ALARMS = [...KINDS, "level"] as const;
export type Alarm = (typeof ALARMS)[number];

export interface AlertSettings {
  muted: boolean;
  /** 0 to 1. */
  volume: number;
  /** Of which kinds anything is told. */
  kinds: Record<Alarm, boolean>;
  flash: boolean;
  /** Tell by the browser while the page has not the focus. */
  notify: boolean;
  /** Weaker signals are listed, and make no alert. */
  least: Strength;
  /** How near to a level a price has to come. */
  distance: number;
  unit: "ticks" | "points";
}

export interface Toast {
  id: number;
  alarm: Alarm;
  direction: Direction | null;
  text: string;
  /** When what it tells of happened in the market. */
  tsNs: bigint;
  /** When it was told, by the page's own clock. */
  toldMs: number;
}

/** What an alert says. */
export type News = Omit<Toast, "id" | "toldMs">;

interface AlertStore extends AlertSettings {
  toasts: readonly Toast[];
  /** Counts what was told. */
  told: number;
  /** The number of what flashed last. */
  flashed: number;
  set(change: Partial<AlertSettings>): void;
  toggleMute(): void;
  tell(news: News): void;
  dismiss(id: number): void;
  /** Time stands earlier than it did: what was told of later than this has not happened. */
  takeBackAfter(tsNs: bigint): void;
}

const MOST_TOASTS = 3;
/** What flashes more often is noise, and harms some eyes. */
const FLASH_MS = 2_000;
let flashedAtMs = Number.NEGATIVE_INFINITY;

export const FIRST_ALERTS: AlertSettings = {
  muted: false,
  volume: 0.5,
  kinds: {
    delta_flip: false,
    delta_reversal: false,
    absorption: true,
    stacked_imbalance: true,
    divergence: true,
    iceberg: false,
    sweep: false,
    confluence: true,
    level: true,
  },
  flash: true,
  notify: false,
  least: "strong",
  distance: 8,
  unit: "ticks",
};

export const useAlerts = create<AlertStore>()(
  persist(
    (set) => ({
      ...FIRST_ALERTS,
      toasts: [],
      told: 0,
      flashed: 0,
      set: (change) => set(change),
      toggleMute: () => set((now) => ({ muted: !now.muted })),
      tell: (news) =>
        set(({ told, toasts, flashed, flash }) => {
          const now = performance.now();
          const flashes = flash && now - flashedAtMs >= FLASH_MS;
          if (flashes) flashedAtMs = now;
          const others = toasts.filter((toast) => toast.text !== news.text);
          return {
            told: told + 1,
            flashed: flashes ? told + 1 : flashed,
            toasts: [...others, { id: told + 1, toldMs: now, ...news }].slice(-MOST_TOASTS),
          };
        }),
      dismiss: (id) => set((now) => ({ toasts: now.toasts.filter((toast) => toast.id !== id) })),
      takeBackAfter: (tsNs) =>
        set((now) => ({ toasts: now.toasts.filter((toast) => toast.tsNs <= tsNs) })),
    }),
    {
      name: "ticktape.alerts",
      version: 1,
      partialize: (now) => alertSettings(now),
      merge: (kept, now) => ({ ...now, ...readAlerts(kept, now) }),
    },
  ),
);

export function alertSettings(now: AlertSettings): AlertSettings {
  const { muted, volume, kinds, flash, notify, least, distance, unit } = now;
  return { muted, volume, kinds, flash, notify, least, distance, unit };
}

/** What was kept, of this version or another: what is not as it should be stays as it is now. */
export function readAlerts(kept: unknown, now: AlertSettings): AlertSettings {
  if (typeof kept !== "object" || kept === null) return alertSettings(now);
  const o = kept as Record<string, unknown>;
  const flag = (name: "muted" | "flash" | "notify") =>
    typeof o[name] === "boolean" ? o[name] : now[name];
  const number = (name: "volume" | "distance", most: number) => {
    const value = o[name];
    return typeof value === "number" && value >= 0 && value <= most ? value : now[name];
  };
  const told = (typeof o.kinds === "object" && o.kinds !== null ? o.kinds : {}) as Record<
    string,
    unknown
  >;
  const kinds = { ...now.kinds };
  for (const alarm of ALARMS) {
    const on = told[alarm];
    if (typeof on === "boolean") kinds[alarm] = on;
  }
  return {
    muted: flag("muted"),
    volume: number("volume", 1),
    kinds,
    flash: flag("flash"),
    notify: flag("notify"),
    least: STRENGTHS.find((one) => one === o.least) ?? now.least,
    distance: number("distance", 1e9),
    unit: o.unit === "points" || o.unit === "ticks" ? o.unit : now.unit,
  };
}
