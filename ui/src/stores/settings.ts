/** What a person chose, kept in the browser. */

import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Zone } from "../market/times";

export interface Settings {
  theme: "dark" | "light";
  colours: "classic" | "safe";
  zone: Zone;
  interval: string;
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
      interval: "1s",
      minSize: 1,
      allInstruments: false,
      set: (change) => set(change),
    }),
    { name: "ticktape.settings", version: 1 },
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
