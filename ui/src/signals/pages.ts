/** One page of kept signals at a time, and which one. */

import { useEffect, useState } from "react";
import { fetchSignals } from "../api/flowHttp";
import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { useRefreshes } from "./refreshes";
import type { Signal } from "./signal";

export const PAGE = 50;

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
  const [asked, refresh] = useRefreshes();
  const [told, setTold] = useState({ signals: [] as readonly Signal[], total: 0 });
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
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
