/** What a person wants of everything that draws the order flow, told by counting: a change is a new wish. */

import { create } from "zustand";

interface Wishes {
  /** Forget bubbles, marks and signals that are on the screen; what comes is shown. */
  clears: number;
  /** Count the cumulative delta from now on. */
  cvdResets: number;
}

export const useWishes = create<Wishes>()(() => ({ clears: 0, cvdResets: 0 }));

export function clearFlow(): void {
  useWishes.setState((now) => ({ clears: now.clears + 1 }));
}

export function resetCvd(): void {
  useWishes.setState((now) => ({ cvdResets: now.cvdResets + 1 }));
}
