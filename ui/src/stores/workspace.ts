/** Which panels are open and which one is picked; what moves them about is the dock, once it is there. */

import { create } from "zustand";
import { useHistory } from "./history";

/** What the dock of a desktop can be told. */
export interface Dock {
  /** Open a panel, or bring it to the front. */
  show(id: string): void;
  close(id: string): void;
  /** Whether no tab of its group stands before it. */
  isInFront(id: string): boolean;
  /** Give the active panel the whole dock, or its place back. */
  toggleMaximized(): void;
  /** Go to the next panel or the one before, tab by tab and then group by group. */
  move(direction: 1 | -1): void;
  reset(): void;
}

interface Workspace {
  dock: Dock | null;
  open: readonly string[];
  /** The one panel that a phone shows; null: none was picked yet. */
  picked: string | null;
  menuOpen: boolean;
  pick(id: string | null): void;
  setMenuOpen(menuOpen: boolean): void;
}

export const useWorkspace = create<Workspace>()((set) => ({
  dock: null,
  open: [],
  picked: null,
  menuOpen: false,
  pick: (picked) => set({ picked }),
  setMenuOpen: (menuOpen) => set({ menuOpen }),
}));

/** Open a panel on whatever screen this is. */
export function showPanel(id: string): void {
  const { dock, pick } = useWorkspace.getState();
  pick(id);
  dock?.show(id);
}

// Rows that were fetched are shown, and the panel of no rows is closed.
useHistory.subscribe((now, before) => {
  if (now.rows === before.rows) return;
  if (now.rows !== null) return showPanel("history");
  const { dock, picked, pick } = useWorkspace.getState();
  if (picked === "history") pick(null);
  dock?.close("history");
});
