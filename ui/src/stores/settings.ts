/** What a person chose, kept in the browser. */

import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Zone } from "../market/times";

export interface Settings {
  theme: "dark" | "light";
  colours: "classic" | "safe";
  zone: Zone;
  /** Null: what suits how often the instrument trades. */
  interval: string | null;
  minSize: number;
  allInstruments: boolean;
  set(change: Partial<Omit<Settings, "set">>): void;
}

export const useSettings = create<Settings>()(
  persist(
    (set) => ({
      theme: "dark",
      colours: "classic",
      zone: "utc",
      interval: null,
      minSize: 1,
      allInstruments: false,
      set: (change) => set(change),
    }),
    {
      name: "ticktape.settings",
      version: 2,
      // Version 1 began at one second, whoever chose it.
      migrate: (kept) => ({ ...(kept as Settings), interval: null }),
    },
  ),
);

export function toggleTheme(): void {
  useSettings.setState((now) => ({ theme: now.theme === "dark" ? "light" : "dark" }));
}

export function toggleColours(): void {
  useSettings.setState((now) => ({ colours: now.colours === "classic" ? "safe" : "classic" }));
}

export function toggleZone(): void {
  useSettings.setState((now) => ({ zone: now.zone === "utc" ? "local" : "utc" }));
}
