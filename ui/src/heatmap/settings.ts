/** How a person wants the heatmap, kept in the browser. */

import { create } from "zustand";
import { persist } from "zustand/middleware";

export interface HeatmapSettings {
  /** Percentages of the resting sizes that are drawn faintest and strongest. */
  lower: number;
  upper: number;
  /** Above one: middling sizes fainter. */
  contrast: number;
  isLog: boolean;
  trades: boolean;
  set(change: Partial<Omit<HeatmapSettings, "set">>): void;
}

export const DEFAULTS = { lower: 10, upper: 99, contrast: 1, isLog: false, trades: true };

export const useHeatmapSettings = create<HeatmapSettings>()(
  persist((set) => ({ ...DEFAULTS, set: (change) => set(change) }), {
    name: "ticktape.heatmap",
    version: 1,
  }),
);

/** Percentages as they may be: the upper one above the lower one. */
export function withLower(lower: number, upper: number): { lower: number; upper: number } {
  const kept = Math.min(98, Math.max(0, lower));
  return { lower: kept, upper: Math.max(upper, kept + 1) };
}

export function withUpper(lower: number, upper: number): { lower: number; upper: number } {
  const kept = Math.min(100, Math.max(1, upper));
  return { upper: kept, lower: Math.min(lower, kept - 1) };
}
