/** The pane of the cumulative volume delta: on the same axis of time as the prices above it. */

import { CVD, type FlowState } from "../flowState";
import type { FlowSettings } from "../settings";
import { type Candle, isSeen } from "./bars";
import { type Segment, segmentsOf } from "./disagreements";
import type { Line } from "./profile";
import type { TimeAxis } from "./timeAxis";

export interface CvdCandle {
  x: number;
  width: number;
  fromMs: number;
  toMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
}

/** What stands beside the pane. */
export interface CvdScale {
  /** The numbers at the lower and the upper edge. */
  low: number;
  high: number;
  /** The number that counts as nought. */
  zero: number;
  last: number | null;
}

export interface CvdScene {
  scale: CvdScale;
  line: Line | null;
  candles: CvdCandle[];
  /** By size of the trade, the smallest first. */
  buckets: Line[];
  flips: { x: number; y: number; isUp: boolean; isReversal: boolean }[];
  disagreements: Segment[];
  zeroY: number;
}

const MARGIN = 0.1;
/** Below this the two numbers of an axis would stand on each other. */
const LEAST_RANGE = 4;

interface Span {
  first: number;
  end: number;
}

export function heightIn(
  scene: Pick<CvdScale, "low" | "high">,
  height: number,
  value: number,
): number {
  return ((scene.high - value) / (scene.high - scene.low)) * height;
}

function spanOf({ cvd }: Pick<FlowState, "cvd">, { fromMs, toMs }: TimeAxis): Span {
  return {
    first: Math.max(0, cvd.from(fromMs) - 1),
    end: Math.min(cvd.length, cvd.from(toMs) + 1),
  };
}

function rangeOf(
  { cvd }: Pick<FlowState, "cvd">,
  { first, end }: Span,
  columns: readonly number[],
) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const column of columns) {
    for (let at = first; at < end; at += 1) {
      const value = cvd.get(at, column);
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high };
}

/** A line whose every pixel keeps its lowest and highest number. */
function lineOf(
  { cvd, nowMs }: Pick<FlowState, "cvd" | "nowMs">,
  { first, end }: Span,
  column: number,
  axis: TimeAxis,
  heightAt: (value: number) => number,
): Line {
  const line: Line = { xs: [], ys: [] };
  const put = (x: number, value: number) => {
    line.xs.push(x);
    line.ys.push(heightAt(value));
  };
  let at = first;
  while (at < end) {
    const x = axis.x(cvd.msAt(at));
    let [low, high, last] = [cvd.get(at, column), cvd.get(at, column), cvd.get(at, column)];
    const begin = last;
    at += 1;
    while (at < end && axis.x(cvd.msAt(at)) - x < 1) {
      last = cvd.get(at, column);
      if (last < low) low = last;
      if (last > high) high = last;
      at += 1;
    }
    put(x, begin);
    if (low < Math.min(begin, last)) put(x, low);
    if (high > Math.max(begin, last)) put(x, high);
    if (last !== begin || low !== high) put(x, last);
  }
  const [x, y] = [line.xs[line.xs.length - 1], line.ys[line.ys.length - 1]];
  const nowX = nowMs === null ? 0 : axis.x(nowMs);
  // What was last holds until now.
  if (end === cvd.length && x !== undefined && y !== undefined && nowX > x) {
    line.xs.push(nowX);
    line.ys.push(y);
  }
  return line;
}

/** A candle for each of the bars: what the CVD did while it lasted. */
export function cvdCandles(
  { cvd }: Pick<FlowState, "cvd">,
  bars: readonly Candle[],
  isContinuous: boolean,
): CvdCandle[] {
  const made: CvdCandle[] = [];
  for (const { x, width, fromMs, toMs } of bars) {
    // The time of a point is the end of its window.
    const first = cvd.from(fromMs + 1e-3);
    const end = cvd.from(toMs + 1e-3);
    if (first >= end) continue;
    // The candles of the windows are the session's: of the other the shift between the two is constant in a window.
    const shift = (at: number) =>
      isContinuous ? cvd.get(at, CVD.continuous) - cvd.get(at, CVD.value) : 0;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = first; at < end; at += 1) {
      low = Math.min(low, cvd.get(at, CVD.low) + shift(at));
      high = Math.max(high, cvd.get(at, CVD.high) + shift(at));
    }
    made.push({
      x,
      width,
      fromMs,
      toMs,
      open: cvd.get(first, CVD.open) + shift(first),
      high,
      low,
      close: cvd.get(end - 1, CVD.value) + shift(end - 1),
    });
  }
  return made;
}

export function cvdScene(
  state: Pick<FlowState, "cvd" | "nowMs" | "buckets" | "flips" | "disagreements">,
  { axis, seen }: { axis: TimeAxis; seen: TimeAxis },
  height: number,
  settings: Pick<FlowSettings, "cvd" | "continuous" | "buckets">,
  bars: readonly Candle[],
  baselineMs: number | null,
): CvdScene {
  const { cvd } = state;
  const [span, spanSeen] = [spanOf(state, axis), spanOf(state, seen)];
  const main = settings.continuous ? CVD.continuous : CVD.value;
  const bucketColumns = settings.buckets
    ? Array.from({ length: state.buckets }, (_, i) => CVD.buckets + i)
    : [];
  const candles = settings.cvd === "candles" ? cvdCandles(state, bars, settings.continuous) : [];
  const zero = baselineMs === null ? 0 : (cvd.standingAt(baselineMs, main) ?? 0);
  let { low, high } = rangeOf(state, spanSeen, [main, ...bucketColumns]);
  for (const candle of candles.filter((one) => isSeen(one, seen))) {
    low = Math.min(low, candle.low);
    high = Math.max(high, candle.high);
  }
  if (!(low <= high)) [low, high] = [zero, zero];
  const room = Math.max(LEAST_RANGE, high - low) * MARGIN;
  const scale = { low: low - room, high: high + room };
  const heightAt = (value: number) => heightIn(scale, height, value);
  const isOne = !settings.continuous;
  return {
    scale: {
      ...scale,
      zero,
      last: spanSeen.end > 0 ? cvd.get(spanSeen.end - 1, main) : null,
    },
    line: candles.length > 0 ? null : lineOf(state, span, main, axis, heightAt),
    candles: candles.map((candle) => ({
      ...candle,
      open: heightAt(candle.open),
      high: heightAt(candle.high),
      low: heightAt(candle.low),
      close: heightAt(candle.close),
    })),
    buckets: bucketColumns.map((column) => lineOf(state, span, column, axis, heightAt)),
    flips: isOne
      ? state.flips.between(axis.fromMs, axis.toMs).map((flip) => ({
          x: axis.x(flip.ms),
          y: heightAt(flip.cvd),
          isUp: flip.direction === "bullish",
          isReversal: flip.isReversal,
        }))
      : [],
    disagreements: isOne
      ? segmentsOf(state, axis, ({ fromCvd, toCvd }) => [heightAt(fromCvd), heightAt(toCvd)])
      : [],
    zeroY: heightAt(zero),
  };
}
