/** The time that is pointed at on one flow chart: the others mark it too. */

import { create } from "zustand";

interface Pointed {
  by: string;
  ms: number | null;
}

export const usePointed = create<Pointed>()(() => ({ by: "", ms: null }));
