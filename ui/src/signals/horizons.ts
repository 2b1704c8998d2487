/** When signals are judged, in words: the sooner horizon and the later one. */

import { useEffect, useState } from "react";
import { fetchSessions } from "../api/flowHttp";
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

/** Those of signals that were made by a set of thresholds: as the sessions of it tell. */
export function useHorizons(rules: string): Horizons {
  const [told, setTold] = useState<{ rules: string; horizons: Horizons } | null>(null);
  useEffect(() => {
    if (rules === "") return;
    const mine = new AbortController();
    fetchSessions(1, rules, mine.signal).then(
      ([session]) =>
        session !== undefined && setTold({ rules, horizons: horizonsOf(session.thresholds) }),
      // Whatever is wrong, the lists say it.
      () => {},
    );
    return () => mine.abort();
  }, [rules]);
  if (rules === "") return BY_DEFAULT;
  return told?.rules === rules ? told.horizons : UNTOLD;
}
