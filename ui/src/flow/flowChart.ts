/** The flow chart: what is seen of a symbol's flow, moved by gestures and by the market, and what a pointer finds in it. */

import { listenToGestures } from "../heatmap/gestures";
import { type Size, tickAt } from "../heatmap/view";
import type { Zone } from "../market/times";
import { listenToClicks } from "./clicks";
import { Cross } from "./cross";
import { priceText, timeText, type Writing } from "./draw/axes";
import { type FlowPalette, readPalette } from "./draw/palette";
import type { FlowState } from "./flowState";
import { Looking } from "./looking";
import { type PictureLayers, Pictures, STILL_MS } from "./pictures";
import { type Found, findAt } from "./readout";
import { frameFor } from "./scene/frame";
import { placesOf } from "./scene/timeAxis";
import type { ShownSettings, Wiped } from "./settings";
import { axisSeen, type Sight } from "./sight";

export interface FlowHandlers {
  settings(): ShownSettings;
  wiped(): Wiped;
  zone(): Zone;
  onFollow(isFollowing: boolean): void;
  /** What lies under the pointer; null: it left. */
  onFound(found: Found | null): void;
  onClick(found: Found | null): void;
  /** The range of times that is seen, once it rests. */
  onRange(fromMs: number, toMs: number): void;
}

/** What the chart is drawn on. */
export interface FlowLayers extends PictureLayers {
  /** Above all pictures. */
  cross: HTMLElement;
}

const RANGE_REST_MS = 300;
/** Of what a hand may move, this share is drawn beyond each edge. */
const BEYOND = 0.18;

export class FlowChart {
  private state: FlowState | null = null;
  private readonly looking = new Looking();
  private size: Size = { width: 600, height: 400 };
  /** Letters of a price, for which the axis has room. */
  private priceLetters = 8;
  private palette: FlowPalette;
  private pointer: { x: number; y: number } | null = null;
  /** The time that another chart points at. */
  private otherMs: number | null = null;
  private readonly pictures: Pictures;
  private readonly cross: Cross;
  private due = 0;
  /** Whether all pictures are to be drawn in the next frame, or only put where they are now. */
  private isAnew = true;
  private isMoved = false;
  private movedAtMs = Number.NEGATIVE_INFINITY;
  private rangeTimer: ReturnType<typeof setTimeout> | null = null;
  private told = "";
  private readonly ends: (() => void)[];

  constructor(
    private readonly element: HTMLElement,
    on: FlowLayers,
    private readonly handlers: FlowHandlers,
  ) {
    this.palette = readPalette(element);
    this.pictures = new Pictures(on, this.palette, {
      look: () => this.look(),
      sight: () => this.sight(),
      onDrawn: (sight) => {
        this.drawCross();
        this.tellRange(sight);
      },
    });
    this.cross = new Cross(on.cross);
    this.ends = [
      listenToGestures(
        element,
        () => {
          const { plot: area, profile, clock } = this.frame();
          return { axisX: area.width + profile, axisY: clock.top };
        },
        {
          onZoomTime: (x, factor) => this.byHand((at, plot) => at.zoomTime(x, factor, plot)),
          onZoomPrice: (y, factor) => this.byHand((at, plot) => at.zoomPrice(y, factor, plot)),
          onPan: (dx, dy) => {
            if (dx !== 0 || dy !== 0) this.byHand((at) => at.pan(dx, dy));
          },
          onRefit: () => this.refit(),
          onPoint: (x, y) => this.point({ x, y }),
          onLeave: () => this.point(null),
        },
      ),
      listenToClicks(element, (x, y) => handlers.onClick(this.find(x, y))),
    ];
  }

  show(state: FlowState | null): void {
    if (state === this.state) return;
    this.state = state;
    this.startOver();
  }

  /** Another symbol or other bars: what was fitted no longer holds. */
  startOver(): void {
    this.looking.startOver();
    this.setFollow(true);
  }

  resize(size: Size): void {
    this.size = size;
    this.relayout();
  }

  /** Room was given to, or taken from, what stands beside the prices. */
  relayout(): void {
    this.looking.refit();
    this.restyle();
  }

  /** Lay all out and take the page's colours again: after a change of theme. */
  restyle(): void {
    this.palette = readPalette(this.element);
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const frame = this.frame();
    this.pictures.resize(frame, ratio, this.palette);
    this.cross.resize(frame);
    this.redraw();
  }

  setFollow(isFollowing: boolean): void {
    this.looking.isFollowing = isFollowing;
    this.handlers.onFollow(isFollowing);
    this.redraw();
  }

  toggleFollow(): void {
    this.setFollow(!this.looking.isFollowing);
  }

  /** The usual view: the newest time, the prices that traded in it. */
  refit(): void {
    this.startOver();
  }

  /** What is known changed. */
  change(): void {
    if (!this.isAnew) this.pictures.change(this.isInHand());
  }

  /** Draw all of it anew. */
  redraw(): void {
    this.isAnew = true;
    this.schedule();
  }

  /** Mark the time that another chart points at. */
  mark(ms: number | null): void {
    if (ms === this.otherMs) return;
    this.otherMs = ms;
    this.schedule();
  }

  destroy(): void {
    for (const end of this.ends) end();
    this.pictures.end();
    cancelAnimationFrame(this.due);
    if (this.rangeTimer !== null) clearTimeout(this.rangeTimer);
  }

  private frame() {
    return frameFor(this.size, this.handlers.settings(), this.priceLetters);
  }

  /** A hand moves what is seen. */
  private byHand(move: (looking: Looking, plot: Size) => void): void {
    const { looking } = this;
    const wasFollowing = looking.isFollowing;
    move(looking, this.frame().plot);
    this.movedAtMs = performance.now();
    this.isMoved = true;
    if (looking.isFollowing !== wasFollowing) this.handlers.onFollow(looking.isFollowing);
    this.schedule();
  }

  private point(pointer: { x: number; y: number } | null): void {
    if (pointer === null && this.pointer === null) return;
    this.pointer = pointer;
    this.schedule();
  }

  private schedule(): void {
    if (this.due === 0) this.due = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.due = 0;
    if (this.isAnew || this.isMoved) {
      const { isAnew } = this;
      this.isAnew = this.isMoved = false;
      const sight = this.look();
      if (sight !== null) {
        if (isAnew) this.pictures.draw(sight);
        else this.pictures.move(sight);
        this.tellRange(sight);
      }
    }
    this.drawCross();
  }

  private isInHand(): boolean {
    return performance.now() < this.movedAtMs + STILL_MS;
  }

  /** What is looked at by now; null: nothing is known, or there is other room than before, and all is drawn anew. */
  private look(): Sight | null {
    const { state } = this;
    if (state === null || this.sight() === null) {
      this.pictures.clear(this.palette);
      this.drawCross();
      return null;
    }
    const letters = priceText((state.lastTick ?? 0) * state.tick, this.writing(state)).length;
    if (letters > this.priceLetters) {
      this.priceLetters = letters;
      this.relayout();
      return null;
    }
    this.looking.follow(state, this.frame().plot, this.handlers.settings());
    return this.sight();
  }

  private sight(): Sight | null {
    const { state, handlers } = this;
    if (state === null || state.nowMs === null || state.bars.items.length === 0) return null;
    const isInHand = this.isInHand();
    return {
      state,
      view: this.looking.view,
      frame: this.frame(),
      places: placesOf(state),
      settings: handlers.settings(),
      wiped: handlers.wiped(),
      palette: this.palette,
      writing: this.writing(state),
      isInHand,
      beyond: this.looking.isFollowing && !isInHand ? 0 : BEYOND,
    };
  }

  private drawCross(): void {
    const { pointer } = this;
    const sight = this.sight();
    if (sight === null || (pointer === null && this.otherMs === null)) {
      this.cross.hide();
      this.tell(null);
      return;
    }
    const { frame, view, state, writing } = sight;
    const axis = axisSeen(sight);
    const isInside = pointer !== null && pointer.y < frame.clock.top;
    const x = isInside ? pointer.x : this.otherMs === null ? null : axis.x(this.otherMs);
    if (x === null || x < 0) this.cross.hide();
    else {
      const y = isInside ? pointer.y : null;
      const time = timeText(axis.msAt(x), writing.zone);
      const points = Math.round(tickAt(view, y ?? 0)) * state.tick;
      this.cross.show({ x, y, time, price: priceText(points, writing) }, frame);
    }
    this.tell(isInside ? this.find(pointer.x, pointer.y) : null);
  }

  private find(x: number, y: number): Found | null {
    const sight = this.sight();
    const drawn = this.pictures.at(x, y, this.looking.view);
    if (sight === null || drawn === null) return null;
    const bubbleAt = (atX: number, atY: number) =>
      this.pictures.bubbleAt(atX, atY, this.looking.view);
    return findAt(sight, drawn, bubbleAt, x, y);
  }

  private tell(found: Found | null): void {
    const key = found === null ? "" : `${found.x} ${found.y} ${this.state?.version}`;
    if (key === this.told) return;
    this.told = key;
    this.handlers.onFound(found);
  }

  private tellRange(sight: Sight): void {
    if (this.rangeTimer !== null) return;
    this.rangeTimer = setTimeout(() => {
      this.rangeTimer = null;
      const { fromMs, toMs } = axisSeen(this.sight() ?? sight);
      this.handlers.onRange(fromMs, toMs);
    }, RANGE_REST_MS);
  }

  private writing(state: FlowState): Writing {
    return { tick: state.tick, zone: this.handlers.zone() };
  }
}
