/** The volume profile beside the chart, and its lines over time. */

import { type Size, tickAt, type View, yOf } from "../../heatmap/view";
import { DEVELOPING, type FlowState } from "../flowState";
import type { Profile } from "../profile";
import type { FlowSettings } from "../settings";
import type { TimeAxis } from "./timeAxis";

export interface ProfileBar {
  y: number;
  buy: number;
  sell: number;
  unsided: number;
  isInside: boolean;
}

export interface ProfileScene {
  rows: ProfileBar[];
  rowHeight: number;
  /** Volume of the largest row seen. */
  most: number;
  /** High- and low-volume nodes, by their height on the screen. */
  high: number[];
  low: number[];
  poc: number | null;
  vah: number | null;
  val: number | null;
}

const LOWEST_ROW_PX = 2;

/** The profile that is wanted; until it has come, the session's. */
export function profileShown(state: FlowState, wanted: FlowSettings["profile"]): Profile | null {
  if (wanted === "off") return null;
  if (wanted === "composite") return state.composite.total > 0 ? state.composite : state.profile;
  if (wanted === "session" || state.rangeId === null) return state.profile;
  return state.range;
}

export function profileScene(profile: Profile, view: View, size: Size): ProfileScene {
  const group = Math.max(1, Math.ceil(LOWEST_ROW_PX * view.ticksPerPx));
  const [low, high] = [tickAt(view, size.height) - group, view.topTick + group];
  const found = new Map<number, ProfileBar>();
  let most = 1;
  for (const [tick, row] of profile.rows) {
    if (tick < low || tick > high) continue;
    const at = Math.floor(tick / group);
    let bar = found.get(at);
    if (bar === undefined) {
      bar = {
        y: yOf(view, at * group + (group - 1) / 2),
        buy: 0,
        sell: 0,
        unsided: 0,
        isInside: false,
      };
      found.set(at, bar);
    }
    bar.buy += row.buy;
    bar.sell += row.sell;
    bar.unsided += row.unsided;
    bar.isInside ||= tick >= (profile.val ?? Infinity) && tick <= (profile.vah ?? -Infinity);
    most = Math.max(most, bar.buy + bar.sell + bar.unsided);
  }
  const heightOf = (tick: number | null) => (tick === null ? null : yOf(view, tick));
  const seen = (ticks: readonly number[]) =>
    ticks.filter((tick) => tick >= low && tick <= high).map((tick) => yOf(view, tick));
  return {
    rows: [...found.values()],
    rowHeight: group / view.ticksPerPx,
    most,
    high: seen(profile.hvn),
    low: seen(profile.lvn),
    poc: heightOf(profile.poc),
    vah: heightOf(profile.vah),
    val: heightOf(profile.val),
  };
}

/** A line of steps: places from left to right, no more than two a pixel; at a height that is no number it breaks. */
export interface Line {
  xs: number[];
  ys: number[];
}

export interface DevelopingScene {
  poc: Line;
  vah: Line;
  val: Line;
}

export function developingScene(
  { developing, nowMs, hours }: Pick<FlowState, "developing" | "nowMs" | "hours">,
  axis: TimeAxis,
): DevelopingScene {
  const opens = hours.map(({ openMs }) => openMs).filter((ms) => ms > axis.fromMs);
  const first = Math.max(0, developing.from(axis.fromMs) - 1);
  const end = developing.from(axis.toMs);
  const lineOf = (column: number): Line => {
    const line: Line = { xs: [], ys: [] };
    let lastX = Number.NEGATIVE_INFINITY;
    let opened = 0;
    for (let at = first; at < end; at += 1) {
      const ms = developing.msAt(at);
      const x = axis.x(ms);
      // What developed in one session does not go on in the next.
      if ((opens[opened] ?? Number.POSITIVE_INFINITY) < ms) {
        while ((opens[opened] ?? Number.POSITIVE_INFINITY) < ms) opened += 1;
        line.xs.push(x);
        line.ys.push(Number.NaN);
        lastX = Number.NEGATIVE_INFINITY;
      }
      if (x - lastX < 1 && at < end - 1) continue;
      lastX = x;
      line.xs.push(x);
      line.ys.push(yOf(axis.view, developing.get(at, column)));
    }
    const lastY = line.ys[line.ys.length - 1];
    if (lastY !== undefined && nowMs !== null && end === developing.length) {
      line.xs.push(Math.max(lastX, axis.x(nowMs)));
      line.ys.push(lastY);
    }
    return line;
  };
  return {
    poc: lineOf(DEVELOPING.poc),
    vah: lineOf(DEVELOPING.vah),
    val: lineOf(DEVELOPING.val),
  };
}
