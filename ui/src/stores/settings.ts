/** What a person chose, kept in the browser. */

import { create } from "zustand";
import { persist } from "zustand/middleware";
import { intervalNamed } from "../market/bars";
import type { Zone } from "../market/times";

export interface PageSettings {
  theme: "dark" | "light";
  colours: "classic" | "safe";
  zone: Zone;
  /** Null: what suits how often the instrument trades. */
  interval: string | null;
  minSize: number;
  allInstruments: boolean;
}

export interface Settings extends PageSettings {
  set(change: Partial<PageSettings>): void;
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

export function pageSettings(now: PageSettings): PageSettings {
  const { theme, colours, zone, interval, minSize, allInstruments } = now;
  return { theme, colours, zone, interval, minSize, allInstruments };
}

/** What was kept, of this version or another: what is not as it should be stays as it is now. */
export function readPage(kept: unknown, now: PageSettings): PageSettings {
  if (typeof kept !== "object" || kept === null) return pageSettings(now);
  const o = kept as Record<string, unknown>;
  const { theme, colours, zone, interval, minSize, allInstruments } = now;
  const isName = typeof o.interval === "string" && intervalNamed(o.interval).name === o.interval;
  return {
    theme: o.theme === "dark" || o.theme === "light" ? o.theme : theme,
    colours: o.colours === "classic" || o.colours === "safe" ? o.colours : colours,
    zone: o.zone === "utc" || o.zone === "local" ? o.zone : zone,
    interval: o.interval === null ? null : isName ? String(o.interval) : interval,
    minSize: typeof o.minSize === "number" && o.minSize >= 1 ? o.minSize : minSize,
    allInstruments: typeof o.allInstruments === "boolean" ? o.allInstruments : allInstruments,
  };
}

export function toggleTheme(): void {
  useSettings.setState((now) => ({ theme: now.theme === "dark" ? "light" : "dark" }));
}

export function toggleColours(): void {
  useSettings.setState((now) => ({ colours: now.colours === "classic" ? "safe" : "classic" }));
}

export function toggleZone(): void {
  useSettings.setState((now) => ({ zone: now.zone === "utc" ? "local" : "utc" }));
}
