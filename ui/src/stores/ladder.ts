/** How a person wants the ladder, and wishes that concern it from elsewhere on the page. */

import { create } from "zustand";
import { persist } from "zustand/middleware";
import { useMarket } from "./market";

interface LadderStore {
  /** Ticks of a row; null: as many as let the spread be seen. */
  group: number | null;
  /** Counts the wishes to stand on the market again. */
  recentres: number;
  setGroup(group: number | null): void;
  recentre(): void;
}

export const useLadder = create<LadderStore>()(
  persist(
    (set) => ({
      group: null,
      recentres: 0,
      setGroup: (group) => set({ group }),
      recentre: () => set((now) => ({ recentres: now.recentres + 1 })),
    }),
    { name: "ticktape.ladder", version: 1, partialize: ({ group }) => ({ group }) },
  ),
);

/** What a tick is thought to be where neither a definition nor any price tells: a hundredth. */
const USUAL_TICK = 10_000_000;

/** Tick of an instrument, of the active one unless told, in units of 1e-9. */
export function shownTick(id: number | null = useMarket.getState().activeId): number {
  const { data } = useMarket.getState();
  const instrument = data.instruments.find((i) => i.instrumentId === id);
  const tick = Number(instrument?.tick ?? data.dataOf(id)?.step ?? 0);
  return tick > 0 ? tick : USUAL_TICK;
}
