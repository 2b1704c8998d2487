/** One page of kept signals at a time, and which one. */

import { useCallback, useEffect, useState } from "react";
import { fetchSignals } from "../api/flowHttp";
import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { liveSignals } from "../stores/signals";
import type { Signal } from "./signal";

export const PAGE = 50;
/** As signals come and resolve, and now and then for what others have written. */
const LOOK_MS = 4_000;
const REFRESH_MS = 30_000;

export interface Pages {
  signals: readonly Signal[];
  total: number;
  /** From 0. */
  page: number;
  last: number;
  loading: boolean;
  problem: Problem | null;
  turn(page: number): void;
  refresh(): void;
  note(id: string, note: string | null): void;
}

/** The kept signals that a query lets through; another query begins at the first page. */
export function usePages(query: string): Pages {
  const [at, setAt] = useState({ query, page: 0 });
  const page = at.query === query ? at.page : 0;
  const [asked, setAsked] = useState(0);
  const [told, setTold] = useState({ signals: [] as readonly Signal[], total: 0 });
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const refresh = useCallback(() => setAsked((now) => now + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: to ask again is to ask the same
  useEffect(() => {
    const mine = new AbortController();
    setLoading(true);
    fetchSignals(new URLSearchParams(query), PAGE, page * PAGE, mine.signal)
      .then((answer) => {
        setTold(answer);
        setProblem(null);
      })
      .catch((error) => !mine.signal.aborted && setProblem(problemOf(error)))
      .finally(() => !mine.signal.aborted && setLoading(false));
    return () => mine.abort();
  }, [query, page, asked]);
  useEffect(() => {
    let { version } = liveSignals;
    let atMs = performance.now();
    const timer = setInterval(() => {
      if (liveSignals.version === version && performance.now() - atMs < REFRESH_MS) return;
      version = liveSignals.version;
      atMs = performance.now();
      refresh();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  return {
    ...told,
    page,
    last: Math.max(0, Math.ceil(told.total / PAGE) - 1),
    loading,
    problem,
    turn: (to) => setAt({ query, page: to }),
    refresh,
    note: (id, note) =>
      setTold((now) => ({
        ...now,
        signals: now.signals.map((one) => (one.id === id ? { ...one, note } : one)),
      })),
  };
}
