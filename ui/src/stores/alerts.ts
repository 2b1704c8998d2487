/** How a person wants to be told of signals, and what is being told. */

import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Direction, Strength } from "../flow/wire";
import { KINDS, STRENGTHS } from "../signals/signal";

/** What can sound: every kind of signal, and a price that comes near a level. */
export const ALARMS = [...KINDS, "level"] as const;
export type Alarm = (typeof ALARMS)[number];

export interface AlertSettings {
  muted: boolean;
  /** 0 to 1. */
  volume: number;
  sounds: Record<Alarm, boolean>;
  flash: boolean;
  /** Tell by the browser while the page has not the focus. */
  notify: boolean;
  /** Weaker signals are listed, and make no alert. */
  least: Strength;
  /** Whether a price that comes this near to a level is told. */
  levels: boolean;
  distance: number;
  unit: "ticks" | "points";
}

export interface Toast {
  id: number;
  alarm: Alarm;
  direction: Direction | null;
  text: string;
}

interface AlertStore extends AlertSettings {
  toasts: readonly Toast[];
  /** Counts what was told: a change flashes. */
  told: number;
  set(change: Partial<AlertSettings>): void;
  toggleMute(): void;
  tell(alarm: Alarm, direction: Direction | null, text: string): void;
  dismiss(id: number): void;
}

const MOST_TOASTS = 3;

export const FIRST_ALERTS: AlertSettings = {
  muted: false,
  volume: 0.5,
  sounds: {
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
  least: "medium",
  levels: true,
  distance: 8,
  unit: "ticks",
};

export const useAlerts = create<AlertStore>()(
  persist(
    (set) => ({
      ...FIRST_ALERTS,
      toasts: [],
      told: 0,
      set: (change) => set(change),
      toggleMute: () => set((now) => ({ muted: !now.muted })),
      tell: (alarm, direction, text) =>
        set(({ told, toasts }) => ({
          told: told + 1,
          toasts: [...toasts, { id: told + 1, alarm, direction, text }].slice(-MOST_TOASTS),
        })),
      dismiss: (id) => set((now) => ({ toasts: now.toasts.filter((toast) => toast.id !== id) })),
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
  const { muted, volume, sounds, flash, notify, least, levels, distance, unit } = now;
  return { muted, volume, sounds, flash, notify, least, levels, distance, unit };
}

/** What was kept, of this version or another: what is not as it should be stays as it is now. */
export function readAlerts(kept: unknown, now: AlertSettings): AlertSettings {
  if (typeof kept !== "object" || kept === null) return alertSettings(now);
  const o = kept as Record<string, unknown>;
  const flag = (name: "muted" | "flash" | "notify" | "levels") =>
    typeof o[name] === "boolean" ? o[name] : now[name];
  const number = (name: "volume" | "distance", most: number) => {
    const value = o[name];
    return typeof value === "number" && value >= 0 && value <= most ? value : now[name];
  };
  const heard = (typeof o.sounds === "object" && o.sounds !== null ? o.sounds : {}) as Record<
    string,
    unknown
  >;
  const sounds = { ...now.sounds };
  for (const alarm of ALARMS) {
    const on = heard[alarm];
    if (typeof on === "boolean") sounds[alarm] = on;
  }
  return {
    muted: flag("muted"),
    volume: number("volume", 1),
    sounds,
    flash: flag("flash"),
    notify: flag("notify"),
    least: STRENGTHS.find((one) => one === o.least) ?? now.least,
    levels: flag("levels"),
    distance: number("distance", 1e9),
    unit: o.unit === "points" || o.unit === "ticks" ? o.unit : now.unit,
  };
}
