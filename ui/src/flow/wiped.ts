/** What a person set to nought or wiped off the flow charts, by the market's clock; keys and charts share it. */

import { create } from "zustand";
import { useMarket } from "../stores/market";

interface WipedStore {
  /** The CVD counts from here; null: from the session's beginning. */
  baselineMs: number | null;
  /** Bubbles and signs before this are not shown. */
  clearedMs: number;
  /** Count the CVD from now on, or from the beginning again. */
  resetCvd(): void;
  clear(): void;
  restore(): void;
}

function nowMs(): number | null {
  const { clockNs } = useMarket.getState().data;
  return clockNs === null ? null : Number(clockNs / 1_000_000n);
}

export const useWiped = create<WipedStore>()((set) => ({
  baselineMs: null,
  clearedMs: Number.NEGATIVE_INFINITY,
  resetCvd: () => set({ baselineMs: nowMs() }),
  clear: () => set({ clearedMs: nowMs() ?? Number.NEGATIVE_INFINITY }),
  restore: () => set({ baselineMs: null, clearedMs: Number.NEGATIVE_INFINITY }),
}));
