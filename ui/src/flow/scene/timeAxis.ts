/**
 * From times to pixels. Bars of a length in time stand where the clock has them. Those of trades, volume, range or
 * delta are all as wide, and time runs within each: what else the chart draws by time stays with its bar.
 */

import { timeAt, type View, xOf } from "../../heatmap/view";
import type { FlowBar } from "../bar";
import type { FlowState } from "../flowState";
import { firstFrom, type TimedList } from "../timed";

/** What a bar of no length in time measures, as if in milliseconds. */
export const BAR_UNITS = 60_000;

export function isByTime(every: string): boolean {
  // A number of days is none but one: other numbers of `d` are of delta.
  return every === "" || /^(\d+(ms|s|m|h)|1d)$/.test(every);
}

/** Places of the bars of a state; null where they are of time. */
export function placesOf(state: Pick<FlowState, "every" | "bars" | "nowMs">): BarPlaces | null {
  return isByTime(state.every) ? null : new BarPlaces(state.bars, state.nowMs ?? 0);
}

/** Places of time on an axis of equal bars. */
export class BarPlaces {
  constructor(
    private readonly bars: Pick<TimedList<FlowBar>, "items" | "forgotten">,
    private readonly nowMs: number,
  ) {}

  private endOf(at: number): number {
    const { items } = this.bars;
    const next = items[at + 1]?.ms;
    const own = items[at];
    if (next !== undefined) return next;
    return own === undefined ? this.nowMs : Math.max(own.isClosed ? own.endMs : this.nowMs, own.ms);
  }

  placeOf(ms: number): number {
    const { items, forgotten } = this.bars;
    const first = items[0];
    if (first === undefined) return ms - this.nowMs;
    if (ms < first.ms) return forgotten * BAR_UNITS + (ms - first.ms);
    const found = firstFrom(items, (i) => items[i]?.ms ?? 0, ms + 1e-6) - 1;
    const at = Math.max(0, found);
    const start = items[at]?.ms ?? 0;
    const end = this.endOf(at);
    const share = end > start ? (ms - start) / (end - start) : 0;
    const after = Math.max(0, ms - Math.max(end, this.nowMs));
    return (forgotten + at + Math.min(1, share)) * BAR_UNITS + after;
  }

  msAt(place: number): number {
    const { items, forgotten } = this.bars;
    const first = items[0];
    if (first === undefined) return place + this.nowMs;
    const bars = place / BAR_UNITS - forgotten;
    if (bars < 0) return first.ms + bars * BAR_UNITS;
    const at = Math.floor(bars);
    const bar = items[at];
    if (bar === undefined) {
      const last = items.length - 1;
      return this.endOf(last) + (bars - items.length) * BAR_UNITS;
    }
    return bar.ms + (bars - at) * (this.endOf(at) - bar.ms);
  }
}

export class TimeAxis {
  readonly fromMs: number;
  readonly toMs: number;

  /** `places` null: time itself. */
  constructor(
    readonly view: View,
    readonly width: number,
    readonly places: BarPlaces | null,
  ) {
    this.fromMs = this.msAt(0);
    this.toMs = this.msAt(width);
  }

  x(ms: number): number {
    return xOf(this.view, this.width, this.places === null ? ms : this.places.placeOf(ms));
  }

  msAt(x: number): number {
    const place = timeAt(this.view, this.width, x);
    return this.places === null ? place : this.places.msAt(place);
  }
}
