/** Lines at prices that traders watch, and their names, which keep out of each other's way. */

import { type Size, type View, yOf } from "../../heatmap/view";
import type { FlowState, Level } from "../flowState";
import type { Profile } from "../profile";
import type { TimeAxis } from "./timeAxis";

export interface LevelLine {
  y: number;
  name: string;
  kind: string;
  price: number;
}

export const LABEL_HEIGHT = 13;

const NAMES: Record<string, string> = {
  pdh: "PDH",
  pdl: "PDL",
  pdc: "PDC",
  onh: "ONH",
  onl: "ONL",
  ibh: "IBH",
  ibl: "IBL",
  vwap: "VWAP",
  poc: "POC",
  vah: "VAH",
  val: "VAL",
};

export function levelName(name: string): string {
  const opening = /^or(\d+s?)([hl])$/.exec(name);
  if (opening !== null) return `OR${opening[1]} ${opening[2] === "h" ? "H" : "L"}`;
  const band = /^vwap([+-][\d.]+)$/.exec(name);
  if (band !== null) return `VWAP ${band[1]}σ`;
  return NAMES[name] ?? name.toUpperCase();
}

/**
 * Heights for labels that want to stand at `wanted`: each as near as can be, none on another, all inside. Where there
 * are more than fit, those at the end of the list go without (null).
 */
export function placeLabels(
  wanted: readonly number[],
  height: number,
  each: number = LABEL_HEIGHT,
): (number | null)[] {
  const room = Math.max(0, Math.floor(height / each));
  const kept = wanted.map((y, at) => ({ y, at })).slice(0, room);
  kept.sort((a, b) => a.y - b.y || a.at - b.at);
  // Neighbours that touch form a heap, centred on what its labels want; heaps that touch become one.
  const heaps: { top: number; sum: number; members: number[] }[] = [];
  for (const { y, at } of kept) {
    let heap = { top: 0, sum: y, members: [at] };
    for (;;) {
      const half = (heap.members.length * each) / 2;
      const middle = heap.sum / heap.members.length;
      heap.top = Math.min(Math.max(middle - half, 0), height - 2 * half);
      const before = heaps[heaps.length - 1];
      if (before === undefined || before.top + before.members.length * each <= heap.top) break;
      heaps.pop();
      heap = {
        top: 0,
        sum: before.sum + heap.sum,
        members: [...before.members, ...heap.members],
      };
    }
    heaps.push(heap);
  }
  const placed: (number | null)[] = wanted.map(() => null);
  for (const { top, members } of heaps) {
    for (const [i, at] of members.entries()) placed[at] = top + (i + 0.5) * each;
  }
  return placed;
}

/** The levels told of, and those of the profile that is shown, each price once by each name. */
export function levelsOf(
  state: Pick<FlowState, "levels" | "tick">,
  profile: Profile | null,
): Level[] {
  const told = state.levels.filter(({ kind }) => profile === null || kind !== "profile");
  if (profile === null) return told;
  const own = [
    ["poc", profile.poc],
    ["vah", profile.vah],
    ["val", profile.val],
  ] as const;
  const shown = own.flatMap(([name, tick]) =>
    tick === null ? [] : [{ name, kind: "profile", tick, price: tick * state.tick }],
  );
  return [...shown, ...told];
}

export function levelLines(levels: readonly Level[], view: View, size: Size): LevelLine[] {
  return levels
    .map(({ name, kind, price, tick }) => ({
      y: yOf(view, tick),
      name: levelName(name),
      kind,
      price,
    }))
    .filter(({ y }) => y >= 0 && y <= size.height);
}

export interface Ray {
  x: number;
  y: number;
}

/** Points of control that no price has touched since, each from its bar on. */
export function nakedRays(state: Pick<FlowState, "nakedPocs">, axis: TimeAxis, size: Size): Ray[] {
  return state.nakedPocs
    .filter(({ fromMs }) => fromMs < axis.toMs)
    .map(({ tick, fromMs }) => ({ x: Math.max(0, axis.x(fromMs)), y: yOf(axis.view, tick) }))
    .filter(({ y }) => y >= 0 && y <= size.height);
}
