/** All that the chart shows, as shapes: made of what is known and where a person looks, drawn by `draw/`. */

import type { View } from "../../heatmap/view";
import type { FlowState } from "../flowState";
import type { Profile } from "../profile";
import type { FlowSettings } from "../settings";
import { type BarsScene, barsScene } from "./bars";
import { type CvdScene, cvdScene } from "./cvd";
import { type Footer, footerOf } from "./footer";
import type { FlowFrame } from "./frame";
import { type HoursScene, hoursScene } from "./hours";
import { type LevelLine, levelLines, levelsOf, nakedRays, type Ray } from "./levels";
import { type MarkShape, marksScene } from "./marks";
import { type Name, namesScene } from "./names";
import { type DevelopingScene, developingScene, type ProfileScene, profileScene } from "./profile";
import { BarPlaces, isByTime, TimeAxis } from "./timeAxis";
import { type ZoneShape, zonesScene } from "./zones";

/** What a person wiped out or set to nought, by the market's clock. */
export interface Wiped {
  baselineMs: number | null;
  clearedMs: number;
}

export interface Leg {
  x: number;
  y: number;
  toX: number;
  toY: number;
  isUp: boolean;
  low: number[];
}

export interface Segment {
  x: number;
  y: number;
  toX: number;
  toY: number;
  isUp: boolean;
}

export interface FlowScene {
  frame: FlowFrame;
  view: View;
  axis: TimeAxis;
  bars: BarsScene;
  /** Whether bubbles lie over the bars. */
  isBelow: boolean;
  footer: Footer | null;
  profile: ProfileScene | null;
  /** Between which times the profile is fixed. */
  fixed: { x: number; toX: number } | null;
  hours: HoursScene | null;
  developing: DevelopingScene | null;
  levels: LevelLine[];
  names: Name[];
  naked: Ray[];
  zones: ZoneShape[];
  legs: Leg[];
  marks: MarkShape[];
  disagreements: Segment[];
  cvd: CvdScene | null;
  /** Height of the last price; null where it is not known. */
  last: { tick: number; y: number } | null;
  nowX: number | null;
}

export function axisOf(state: FlowState, view: View, frame: FlowFrame): TimeAxis {
  const places = isByTime(state.every) ? null : new BarPlaces(state.bars, state.nowMs ?? 0);
  return new TimeAxis(view, frame.plot.width, places);
}

export function sceneOf(
  state: FlowState,
  view: View,
  frame: FlowFrame,
  settings: FlowSettings,
  wiped: Wiped,
): FlowScene {
  const axis = axisOf(state, view, frame);
  const { plot } = frame;
  const heightOf = (tick: number) => (view.topTick - tick) / view.ticksPerPx;
  const bars = barsScene(state, axis, plot, settings);
  const profile = profileOf(state, settings.profile);
  const told = settings.levels ? state.levels : [];
  const levels = levelLines(levelsOf({ levels: told, tick: state.tick }, profile), view, plot);
  const zones = settings.zones ? zonesScene(state, axis, plot) : [];
  return {
    frame,
    view,
    axis,
    bars,
    isBelow: settings.bubbles,
    footer: frame.footer.height > 0 ? footerOf(state, bars.candles) : null,
    profile: profile === null ? null : profileScene(profile, view, plot),
    fixed: fixedSpan(settings, axis),
    hours: settings.hours ? hoursScene(state, axis) : null,
    developing: settings.developing ? developingScene(state, axis) : null,
    levels,
    names: namesScene(levels, zones, plot.height),
    naked: settings.nakedPocs ? nakedRays(state, axis, plot) : [],
    zones,
    legs: settings.legs ? legsScene(state, axis, heightOf) : [],
    marks: marksScene(state, axis, plot, settings.marks, wiped.clearedMs, bars.candles),
    disagreements: settings.marks.includes("divergence") ? segments(state, axis, heightOf) : [],
    cvd:
      settings.cvd === "off"
        ? null
        : cvdScene(state, axis, frame.cvd.height, settings, bars.candles, wiped.baselineMs),
    last: state.lastTick === null ? null : { tick: state.lastTick, y: heightOf(state.lastTick) },
    nowX: state.nowMs === null ? null : axis.x(state.nowMs),
  };
}

/** The profile that is wanted; until it has come, the session's. */
function profileOf(state: FlowState, wanted: FlowSettings["profile"]): Profile | null {
  if (wanted === "off") return null;
  if (wanted === "composite") return state.composite.total > 0 ? state.composite : state.profile;
  if (wanted === "session" || state.rangeId === null) return state.profile;
  return state.range;
}

function fixedSpan({ profile, fixedRange }: FlowSettings, axis: TimeAxis): FlowScene["fixed"] {
  if (profile !== "fixed" || fixedRange === null) return null;
  return { x: axis.x(fixedRange.fromMs), toX: axis.x(fixedRange.toMs) };
}

function legsScene(state: FlowState, axis: TimeAxis, heightOf: (tick: number) => number): Leg[] {
  return state.legs
    .map((leg) => ({
      x: axis.x(Number(leg.startNs) / 1e6),
      y: heightOf(leg.startPrice / state.tick),
      toX: axis.x(Number(leg.endNs) / 1e6),
      toY: heightOf(leg.endPrice / state.tick),
      isUp: leg.direction === "bullish",
      low: leg.lvn.map((price) => heightOf(price / state.tick)),
    }))
    .filter(({ x, toX }) => toX > 0 && x < axis.width);
}

function segments(state: FlowState, axis: TimeAxis, heightOf: (tick: number) => number): Segment[] {
  return state.disagreements.items
    .filter(({ ms, fromMs }) => ms >= axis.fromMs && fromMs <= axis.toMs)
    .map((one) => ({
      x: axis.x(one.fromMs),
      y: heightOf(one.fromTick),
      toX: axis.x(one.ms),
      toY: heightOf(one.toTick),
      isUp: one.direction === "bullish",
    }));
}
