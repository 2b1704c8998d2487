/** What lies over the page: one thing at a time. */

import { create } from "zustand";
import type { Stroke } from "../keys/routing";

export type Overlay = NonNullable<Stroke["overlay"]>;

interface OverlayStore {
  open: Overlay | null;
  /** Of the search: what was typed to open it, and whether what is picked goes beside the one shown. */
  typed: string;
  beside: boolean;
  /** The part of the settings that is shown first. */
  part: string;
  show(open: Overlay, part?: string): void;
  search(typed: string, beside: boolean): void;
  close(): void;
}

export const useOverlay = create<OverlayStore>()((set) => ({
  open: null,
  typed: "",
  beside: false,
  part: "Page",
  show: (open, part = "Page") => set({ open, part }),
  search: (typed, beside) => set({ open: "symbols", typed, beside }),
  close: () => set({ open: null }),
}));
