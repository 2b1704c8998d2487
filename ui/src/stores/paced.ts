/** Frames of a store at a reader's pace: a list that is read needs fewer pictures than a ladder that is watched. */

import { useEffect, useState } from "react";
import { inTurn } from "../drawing/turns";

interface Framed {
  getState(): { frame: number };
  subscribe(listener: (now: { frame: number }, before: { frame: number }) => void): () => void;
}

/** Pace of what is read: rows of records, and candles. */
export const READING_MS = 200;

/**
 * The number of the store's frame, told at most every so often: the first one after a rest at once, and always
 * the last one, so that a replay that pauses leaves nothing out of date.
 */
export function usePacedFrame(store: Framed, everyMs = READING_MS): number {
  const [frame, setFrame] = useState(() => store.getState().frame);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let toldAt = Number.NEGATIVE_INFINITY;
    const tell = () => {
      timer = undefined;
      toldAt = performance.now();
      setFrame(store.getState().frame);
    };
    const end = store.subscribe((now, before) => {
      if (now.frame === before.frame || timer !== undefined) return;
      const restMs = toldAt + everyMs - performance.now();
      if (restMs <= 0) tell();
      else timer = setTimeout(() => inTurn(tell), restMs);
    });
    tell();
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [store, everyMs]);
  return frame;
}
