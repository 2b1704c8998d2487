/** What the event inspector looks at: what the stream brings, and where a replay was sent, what stood there. */

import { create } from "zustand";
import { fetchEffects, problemOf } from "../api/http";
import type { BookEvent } from "../book/eventRing";
import {
  heldEnd,
  indexOfRow,
  newestEvent,
  type Records,
  recordsOf,
  rowCount,
  rowOf,
} from "../inspector/rows";
import { shownBook } from "./book";
import { useMarket } from "./market";
import { useSession } from "./session";

interface Inspector {
  /** The record that a person picked; null: the newest, whatever comes. */
  picked: BookEvent | null;
  /** Position of the newest record of the list while it stands still; null while it moves. */
  held: number | null;
  /** Of a paused replay, where the stream has not the event at the cursor: the records before it. */
  fetched: { mboPosition: number; records: Records } | null;
  /** The list is to take the keys, once it is there. */
  isFocusWanted: boolean;
}

export const useInspector = create<Inspector>()(() => ({
  picked: null,
  held: null,
  fetched: null,
  isFocusWanted: false,
}));

/** How many records before the cursor are looked through. */
const FETCHED = 400;

/** The records to list; null where there are none yet. */
export function recordsShown(): Records | null {
  const { fetched } = useInspector.getState();
  const replay = useSession.getState().source?.replay ?? null;
  if (fetched !== null && replay?.paused === true && fetched.mboPosition === replay.mboPosition) {
    if (fetched.records.end > 0) return fetched.records;
  }
  const ring = shownBook()?.events;
  return ring === undefined || ring.end === ring.begin ? null : ring;
}

export function follow(): void {
  useInspector.setState({ picked: null, held: null });
}

/** Hold the list where it is, with this record of it picked. */
export function pickRow(row: number): void {
  const ring = recordsShown();
  if (ring === null) return;
  const end = heldEnd(ring, useInspector.getState().held) ?? ring.end;
  const index = indexOfRow(end, Math.min(Math.max(row, 0), rowCount(ring, end) - 1));
  if (index < ring.begin || index >= ring.end) return;
  useInspector.setState({ picked: ring.at(index), held: ring.positionAt(end - 1) });
}

/** Go to the next older record (1) or a newer one (-1). */
export function movePick(rows: number): void {
  const ring = recordsShown();
  if (ring === null) return;
  const { picked, held } = useInspector.getState();
  const end = heldEnd(ring, held) ?? ring.end;
  pickRow((picked === null ? 0 : rowOf(ring, end, picked.position)) + rows);
}

/** The record that is told of in full: the picked one, else the first of the newest event. */
export function inspected(): BookEvent | null {
  const { picked } = useInspector.getState();
  if (picked !== null) return picked;
  const ring = recordsShown();
  if (ring === null) return null;
  return ring.at(ring.end - newestEvent(ring));
}

let asking: AbortController | null = null;

/** Fetch what stands before the cursor of a paused replay, unless the stream brought it: last wins. */
export async function lookBack(): Promise<void> {
  const position = useSession.getState().source?.replay?.mboPosition ?? null;
  const { activeId } = useMarket.getState();
  if (position === null || position === 0) return;
  const ring = shownBook()?.events;
  const isHere =
    ring !== undefined && ring.end > ring.begin && ring.positionAt(ring.end - 1) + 1 === position;
  if (isHere || useInspector.getState().fetched?.mboPosition === position) return;
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  const from = Math.max(0, position - FETCHED);
  try {
    const events = await fetchEffects(from, position - from, mine.signal);
    const latest = newestEvent(recordsOf(events));
    // Of other instruments only what happened at the cursor itself.
    const told = events.filter(
      (event, i) => event.instrumentId === activeId || i >= events.length - latest,
    );
    useInspector.setState({ fetched: { mboPosition: position, records: recordsOf(told) } });
  } catch (error) {
    if (!mine.signal.aborted) useSession.getState().report(problemOf(error));
  }
}

useMarket.subscribe((now, before) => {
  if (now.activeId === before.activeId) return;
  useInspector.setState({ fetched: null });
  follow();
});
// Wherever a replay is sent, what happened there is looked at. What came before it stood still may be
// told a little later: that is no step.
const SETTLED_MS = 1_000;
let pausedMs = 0;

useSession.subscribe((now, before) => {
  const [at, was] = [now.source?.replay, before.source?.replay];
  if (at == null || was == null) return;
  if (at.paused && !was.paused) pausedMs = performance.now();
  const moved = at.paused && at.position !== was.position;
  const stepped = moved && performance.now() > pausedMs + SETTLED_MS;
  if (stepped || now.timeline !== before.timeline) follow();
});
