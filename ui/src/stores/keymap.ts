/** The keys that a person gave to actions, kept in the browser and, with the settings, on the server. */

import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { ActionId } from "../keys/actions";
import { keysOf, type Rebound, readRebound } from "../keys/keymap";
import { strokeText } from "../keys/strokes";

interface KeymapStore {
  rebound: Rebound;
  /** Give an action these keys; null: those it began with. */
  bind(id: ActionId, keys: readonly string[] | null): void;
  resetAll(): void;
}

export const useKeymap = create<KeymapStore>()(
  persist(
    (set) => ({
      rebound: {},
      bind: (id, keys) =>
        set(({ rebound }) => {
          const { [id]: _before, ...others } = rebound;
          return { rebound: keys === null ? others : { ...others, [id]: keys } };
        }),
      resetAll: () => set({ rebound: {} }),
    }),
    {
      name: "ticktape.keys",
      version: 1,
      partialize: ({ rebound }) => ({ rebound }),
      merge: (kept, now) => ({
        ...now,
        rebound: readRebound((kept as { rebound?: unknown } | null)?.rebound),
      }),
    },
  ),
);

/** The first key of an action, as it is written; empty where it has none. */
export function keyText(id: ActionId, rebound: Rebound = useKeymap.getState().rebound): string {
  const [first] = keysOf(id, rebound);
  return first === undefined ? "" : strokeText(first);
}

/** Words for a button, with the key that does the same. */
export function useHint(): (words: string, ...ids: ActionId[]) => string {
  const rebound = useKeymap((s) => s.rebound);
  return (words, ...ids) => {
    const keys = ids.map((id) => keyText(id, rebound)).filter((key) => key !== "");
    return keys.length === 0 ? words : `${words} (${keys.join(" ")})`;
  };
}
