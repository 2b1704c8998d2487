/** When signals are judged, in words: the sooner horizon and the later one. */

import { useEffect, useState } from "react";
import { fetchSessions } from "../api/flowHttp";
import { useSignals } from "../stores/signals";
import type { OwnThresholds } from "./thresholds";

export type Horizons = readonly [string, string];

export const BY_DEFAULT: Horizons = ["1 min", "5 min"];
/** Where nobody has said yet how long they are. */
const UNTOLD: Horizons = ["sooner", "later"];
const UNITS: Record<string, string> = { ms: "ms", s: "s", m: "min", h: "h" };

/** Of thresholds that are not the defaults: `30s,2m` are `30 s` and `2 min`. */
export function horizonsOf(own: OwnThresholds): Horizons {
  const [sooner, later] = (own["outcomes.horizons"] ?? "").split(",").map(inWords);
  return sooner === undefined || later === undefined ? BY_DEFAULT : [sooner, later];
}

function inWords(length: string): string {
  const [, count, unit = ""] = /^(\d+)([a-z]+)$/.exec(length) ?? [];
  return count === undefined ? length : `${count} ${UNITS[unit] ?? unit}`;
}

/** As sessions told them, by rules: these stand for the same thresholds for ever. */
const toldBySessions = new Map<string, Horizons>();

/**
 * Those of signals that were made by a set of thresholds: by those in use, where they are these, else as the sessions of
 * it tell. `opened` is whatever the page shows them for: where they did not come, the next one asks again.
 */
export function useHorizons(rules: string, opened: string): Horizons {
  const inUse = useSignals((s) => s.thresholdsByRules.get(rules));
  const [, setTold] = useState("");
  const isKnown = rules === "" || inUse !== undefined || toldBySessions.has(rules);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is opened next asks again
  useEffect(() => {
    if (isKnown) return;
    const mine = new AbortController();
    fetchSessions(1, rules, mine.signal).then(
      ([session]) => {
        if (session === undefined) return;
        toldBySessions.set(rules, horizonsOf(session.thresholds));
        setTold(rules);
      },
      // Whatever is wrong, the lists say it.
      () => {},
    );
    return () => mine.abort();
  }, [rules, isKnown, opened]);
  if (rules === "") return BY_DEFAULT;
  if (inUse !== undefined) return horizonsOf(inUse);
  return toldBySessions.get(rules) ?? UNTOLD;
}
