/** Sessions on the axis of time: where each begins, and what of it lies outside the regular hours. */

import type { FlowState, Hours } from "../flowState";
import type { TimeAxis } from "./timeAxis";

export interface HoursScene {
  /** Outside regular hours: from one place to the next. */
  nights: { x: number; toX: number }[];
  /** Where a session, or its regular hours, begin. */
  begins: { x: number; name: string; isSession: boolean }[];
}

/** Names that would stand on each other: the later one goes without. */
const NAME_PX = 46;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** `24 Nov` of `2025-11-24`. */
export function dateName(tradeDate: string): string {
  const [, month = "", day = ""] = tradeDate.split("-");
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month}`;
}

export function hoursScene({ hours }: Pick<FlowState, "hours">, axis: TimeAxis): HoursScene {
  // Where none of them has regular hours the instrument has none; a holiday has none either, and is night all through.
  const isDivided = hours.some(hasRegular);
  const nights: HoursScene["nights"] = [];
  const begins: HoursScene["begins"] = [];
  const shade = (fromMs: number, toMs: number) => {
    if (toMs <= axis.fromMs || fromMs >= axis.toMs || toMs <= fromMs) return;
    nights.push({ x: Math.max(0, axis.x(fromMs)), toX: Math.min(axis.width, axis.x(toMs)) });
  };
  const begin = (ms: number, name: string, isSession: boolean) => {
    if (ms <= axis.fromMs || ms >= axis.toMs) return;
    const x = axis.x(ms);
    const isFree = begins.every((one) => Math.abs(one.x - x) >= NAME_PX || one.name === "");
    begins.push({ x, name: isFree ? name : "", isSession });
  };
  for (const session of hours) {
    begin(session.openMs, dateName(session.tradeDate), true);
    if (!isDivided) continue;
    if (!hasRegular(session)) {
      shade(session.openMs, session.closeMs);
      continue;
    }
    shade(session.openMs, session.regularOpenMs);
    shade(session.regularCloseMs, session.closeMs);
    begin(session.regularOpenMs, "RTH", false);
  }
  return { nights, begins };
}

function hasRegular({ regularOpenMs, regularCloseMs }: Hours): boolean {
  return regularCloseMs > regularOpenMs;
}
