/** What the event inspector looks at. */

import { create } from "zustand";
import type { BookEvent } from "../book/eventRing";
import { indexOfRow, newestEvent, rowCount, rowOf } from "../inspector/rows";
import { shownBook } from "./book";
import { useMarket } from "./market";
import { useSession } from "./session";

interface Inspector {
  /** The record that a person picked; null: the newest, whatever comes. */
  picked: BookEvent | null;
  /** End of the list while it stands still; null while it moves. */
  heldEnd: number | null;
}

export const useInspector = create<Inspector>()(() => ({ picked: null, heldEnd: null }));

export function follow(): void {
  useInspector.setState({ picked: null, heldEnd: null });
}

/** Hold the list where it is, with this record of it picked. */
export function pickRow(row: number): void {
  const ring = shownBook()?.events;
  if (ring === undefined) return;
  const end = useInspector.getState().heldEnd ?? ring.end;
  const index = indexOfRow(end, Math.min(Math.max(row, 0), rowCount(ring, end) - 1));
  if (index < ring.begin || index >= ring.end) return;
  useInspector.setState({ picked: ring.at(index), heldEnd: end });
}

/** Go to the next older record (1) or a newer one (-1). */
export function movePick(rows: number): void {
  const ring = shownBook()?.events;
  if (ring === undefined) return;
  const { picked, heldEnd } = useInspector.getState();
  const end = heldEnd ?? ring.end;
  pickRow((picked === null ? 0 : rowOf(ring, end, picked.position)) + rows);
}

/** The record that is told of in full: the picked one, else the first of the newest event. */
export function inspected(): BookEvent | null {
  const { picked } = useInspector.getState();
  if (picked !== null) return picked;
  const ring = shownBook()?.events;
  if (ring === undefined || ring.end === ring.begin) return null;
  return ring.at(ring.end - newestEvent(ring));
}

useMarket.subscribe((now, before) => {
  if (now.activeId !== before.activeId) follow();
});
// Wherever a replay is sent, what happened there is looked at.
useSession.subscribe((now, before) => {
  const [at, was] = [now.source?.replay, before.source?.replay];
  if (at == null || was == null) return;
  const stepped = at.paused && at.position !== was.position;
  if (stepped || now.timeline !== before.timeline) follow();
});
