/** Where a person looks on a chart: at the newest prices, which it follows, or where a hand put it. */

import { pan, type Size, type View, zoomPrice, zoomTime } from "../heatmap/view";
import type { FlowState } from "./flowState";
import { atNow, firstScale, keptCentred, keptFitting, rangeSeen } from "./following";
import { placesOf, TimeAxis } from "./scene/timeAxis";
import type { ShownSettings } from "./settings";

/** Near the right edge a wheel keeps now where it is. */
const EDGE_SHARE = 0.8;

export class Looking {
  view: View = { endMs: 0, msPerPx: 6_000, topTick: 0, ticksPerPx: 0.1 };
  isFollowing = true;
  /** Whether a person chose the scale of prices. */
  private hasOwnScale = false;
  /** Whether a person chose the scale of time. */
  private hasOwnTime = false;
  private hasScale = false;
  private epoch = -1;

  /** Another symbol or other bars: what was fitted no longer holds. */
  startOver(): void {
    this.hasOwnScale = false;
    this.hasOwnTime = false;
    this.hasScale = false;
    this.epoch = -1;
  }

  /** There is more or less room than before. */
  refit(): void {
    if (this.isFollowing && !this.hasOwnTime) this.hasScale = false;
  }

  zoomTime(x: number, factor: number, { width }: Size): void {
    const isAtNow = this.isFollowing && x >= width * EDGE_SHARE;
    this.hasScale = true;
    this.hasOwnTime = true;
    this.view = zoomTime(this.view, width, isAtNow ? width : Math.min(x, width), factor);
    this.isFollowing = isAtNow;
  }

  zoomPrice(y: number, factor: number, { height }: Size): void {
    this.hasOwnScale = true;
    this.view = zoomPrice(this.view, Math.min(y, height), factor);
  }

  pan(dx: number, dy: number): void {
    if (dy !== 0) this.hasOwnScale = true;
    this.view = pan(this.view, dx, dy);
    this.isFollowing = false;
  }

  /** Follow the market, and the prices of what is seen. */
  follow(state: FlowState, plot: Size, { bars, every }: ShownSettings): void {
    if (state.epoch !== this.epoch) this.hasScale = this.epoch !== -1 && this.hasScale;
    this.epoch = state.epoch;
    const places = placesOf(state);
    if (!this.hasScale) {
      const msPerPx = firstScale(every, bars === "footprint", plot.width, state.bars.items.length);
      this.view = { ...this.view, msPerPx };
    }
    if (this.isFollowing) {
      const nowMs = state.nowMs ?? 0;
      const place = places === null ? nowMs : places.placeOf(nowMs);
      this.view = atNow(this.view, place, plot.width);
    }
    if (this.hasOwnScale) {
      if (this.isFollowing && state.lastTick !== null) {
        this.view = keptCentred(this.view, plot, state.lastTick);
      }
      return;
    }
    const range = rangeSeen(state, new TimeAxis(this.view, plot.width, places));
    if (range === null) return;
    this.view = keptFitting(this.view, plot, range, !this.hasScale);
    // Before all of the past has come, nobody knows how many bars there are.
    this.hasScale ||= state.isCaught;
  }
}
