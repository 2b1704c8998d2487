/** The flow chart on its canvases: what is seen of a symbol's flow, drawn when something changed, moved by gestures. */

import { RestedTurn } from "../drawing/restedTurn";
import { inTurn } from "../drawing/turns";
import { listenToGestures } from "../heatmap/gestures";
import { pan, type Size, type View, zoomPrice, zoomTime } from "../heatmap/view";
import type { Zone } from "../market/times";
import { BubbleLayer, type BubblesWanted } from "./bubbleLayer";
import { listenToClicks } from "./clicks";
import { drawCross, priceText, type Writing } from "./draw/axes";
import { contextOf, fitCanvas } from "./draw/context";
import { drawScene } from "./draw/draw";
import { drawNames, NAMES_PX } from "./draw/names";
import { type FlowPalette, readPalette } from "./draw/palette";
import type { FlowState } from "./flowState";
import { atNow, firstScale, keptCentred, keptFitting, rangeSeen } from "./following";
import { type Found, findAt } from "./readout";
import { MOST_BUBBLES } from "./scene/bubbles";
import { frameFor } from "./scene/frame";
import { axisOf, type FlowScene, sceneOf, type Wiped } from "./scene/scene";
import type { ShownSettings } from "./settings";

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

/** What the chart is drawn on, from below to above. */
export interface FlowLayers {
  plot: HTMLCanvasElement;
  /** Where the bubbles' own canvas is put. */
  bubbles: HTMLElement;
  /** At the right edge of the prices. */
  names: HTMLCanvasElement;
  cross: HTMLCanvasElement;
}

/** The market changes a picture no more often than this: windows are longer, and eyes are slower. */
const REST_MS = 95;
const RANGE_REST_MS = 300;
const MOVED_REST_MS = 250;
/** Near the right edge a wheel keeps now where it is. */
const EDGE_SHARE = 0.8;

export class FlowChart {
  private state: FlowState | null = null;
  private view: View = { endMs: 0, msPerPx: 6_000, topTick: 0, ticksPerPx: 0.1 };
  private size: Size = { width: 600, height: 400 };
  private scene: FlowScene | null = null;
  private isFollowing = true;
  /** Whether a person chose the scale of prices. */
  private hasOwnScale = false;
  /** Whether a person chose the scale of time. */
  private hasOwnTime = false;
  private hasScale = false;
  /** Letters of a price, for which the axis has room. */
  private priceLetters = 8;
  private epoch = -1;
  private palette: FlowPalette;
  private readonly bubbles: BubbleLayer;
  private ratio = 1;
  private pointer: { x: number; y: number } | null = null;
  /** The time that another chart points at. */
  private otherMs: number | null = null;
  private due = 0;
  private needsScene = true;
  private drawnAtMs = 0;
  private rangeTimer: ReturnType<typeof setTimeout> | null = null;
  private readonly moving = new RestedTurn(REST_MS, () => {
    this.needsScene = true;
    this.draw();
  });
  private bubblesDue: { isNow: boolean; takeBack(): void } | null = null;
  private told = "";
  private hasCross = false;
  private readonly ends: (() => void)[];

  constructor(
    private readonly element: HTMLElement,
    private readonly on: FlowLayers,
    private readonly handlers: FlowHandlers,
  ) {
    this.palette = readPalette(element);
    this.bubbles = new BubbleLayer(on.bubbles, this.palette);
    this.ends = [
      listenToGestures(
        element,
        () => {
          const { plot: area, profile, clock } = this.frame();
          return { axisX: area.width + profile, axisY: clock.top };
        },
        {
          onZoomTime: (x, factor) => this.zoomTime(x, factor),
          onZoomPrice: (y, factor) => this.zoomPrice(y, factor),
          onPan: (dx, dy) => this.pan(dx, dy),
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
    this.epoch = -1;
    this.startOver();
  }

  /** Another symbol or other bars: what was fitted no longer holds. */
  startOver(): void {
    this.hasOwnScale = false;
    this.hasScale = false;
    this.hasOwnTime = false;
    this.setFollow(true);
  }

  resize(size: Size): void {
    this.size = size;
    this.relayout();
  }

  /** Room was given to, or taken from, what stands beside the prices. */
  relayout(): void {
    if (this.isFollowing && !this.hasOwnTime) this.hasScale = false;
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    const { size: whole, plot } = this.frame();
    const { names } = this.on;
    fitCanvas(this.on.plot, whole, this.ratio);
    fitCanvas(this.on.cross, whole, this.ratio);
    fitCanvas(names, { width: NAMES_PX, height: plot.height }, this.ratio);
    names.style.left = `${plot.width - NAMES_PX}px`;
    this.restyle();
  }

  /** Take the page's colours again: after a change of theme. */
  restyle(): void {
    this.palette = readPalette(this.element);
    this.bubbles.resize(this.frame().plot, this.ratio, this.palette);
    this.redraw();
  }

  setFollow(isFollowing: boolean): void {
    this.isFollowing = isFollowing;
    this.handlers.onFollow(isFollowing);
    this.redraw();
  }

  toggleFollow(): void {
    this.setFollow(!this.isFollowing);
  }

  /** The usual view: the newest time, the prices that traded in it. */
  refit(): void {
    this.startOver();
  }

  /** What is known changed. */
  change(): void {
    if (this.due === 0) this.moving.ask(this.drawnAtMs);
  }

  redraw(): void {
    this.needsScene = true;
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
    this.moving.end();
    this.bubblesDue?.takeBack();
    cancelAnimationFrame(this.due);
    if (this.rangeTimer !== null) clearTimeout(this.rangeTimer);
  }

  private frame() {
    return frameFor(this.size, this.handlers.settings(), this.priceLetters);
  }

  private zoomTime(x: number, factor: number): void {
    const { width } = this.frame().plot;
    const isAtNow = this.isFollowing && x >= width * EDGE_SHARE;
    this.hasScale = true;
    this.hasOwnTime = true;
    this.view = zoomTime(this.view, width, isAtNow ? width : Math.min(x, width), factor);
    if (this.isFollowing && !isAtNow) this.setFollow(false);
    this.redraw();
  }

  private zoomPrice(y: number, factor: number): void {
    this.hasOwnScale = true;
    this.view = zoomPrice(this.view, Math.min(y, this.frame().plot.height), factor);
    this.redraw();
  }

  private pan(dx: number, dy: number): void {
    if (dx === 0 && dy === 0) return;
    this.view = pan(this.view, dx, dy);
    if (dy !== 0) this.hasOwnScale = true;
    if (this.isFollowing) this.setFollow(false);
    this.redraw();
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
    cancelAnimationFrame(this.due);
    this.due = 0;
    if (this.needsScene) this.drawPlot();
    this.drawOver();
  }

  private drawPlot(): void {
    this.needsScene = false;
    this.drawnAtMs = performance.now();
    const { state } = this;
    const context = contextOf(this.on.plot, this.ratio, false);
    const names = contextOf(this.on.names, this.ratio);
    const frame = this.frame();
    if (state === null || state.nowMs === null || state.bars.items.length === 0) {
      this.scene = null;
      this.bubbles.clear();
      names.clearRect(0, 0, NAMES_PX, frame.plot.height);
      context.fillStyle = this.palette.panel;
      context.fillRect(0, 0, frame.size.width, frame.size.height);
      return;
    }
    if (state.epoch !== this.epoch) this.hasScale = this.epoch !== -1 && this.hasScale;
    this.epoch = state.epoch;
    const letters = priceText((state.lastTick ?? 0) * state.tick, this.writing(state)).length;
    if (letters > this.priceLetters) {
      this.priceLetters = letters;
      this.relayout();
      return;
    }
    this.move(state);
    const { handlers } = this;
    const scene = sceneOf(state, this.view, frame, handlers.settings(), handlers.wiped());
    this.scene = scene;
    drawScene(context, scene, this.palette, this.writing(state));
    drawNames(names, scene, this.palette);
    // For those who measure how long this takes.
    this.on.plot.dataset.bars = `${scene.bars.candles.length}`;
    this.placeBubbles(state, scene);
    this.tellRange(scene);
  }

  /** Follow the market, and the prices of what is seen. */
  private move(state: FlowState): void {
    const { plot } = this.frame();
    if (!this.hasScale) {
      const { bars, every } = this.handlers.settings();
      const msPerPx = firstScale(every, bars === "footprint", plot.width, state.bars.items.length);
      this.view = { ...this.view, msPerPx };
    }
    if (this.isFollowing) {
      const { places } = axisOf(state, this.view, this.frame());
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
    const range = rangeSeen(state, axisOf(state, this.view, this.frame()));
    if (range === null) return;
    this.view = keptFitting(this.view, plot, range, !this.hasScale);
    // Before all of the past has come, nobody knows how many bars there are.
    this.hasScale ||= state.isCaught;
  }

  private drawOver(): void {
    const { scene, state, pointer } = this;
    const frame = this.frame();
    const isPointed = pointer !== null || this.otherMs !== null;
    if (isPointed || this.hasCross) {
      contextOf(this.on.cross, this.ratio).clearRect(0, 0, frame.size.width, frame.size.height);
    }
    this.hasCross = isPointed && scene !== null;
    if (scene === null || state === null || !isPointed) {
      this.tell(null);
      return;
    }
    const isInside = pointer !== null && pointer.y < frame.clock.top;
    const x = isInside ? pointer.x : this.otherMs === null ? null : scene.axis.x(this.otherMs);
    if (x !== null && x >= 0) {
      const cross = { x, y: isInside ? pointer.y : null };
      drawCross(
        contextOf(this.on.cross, this.ratio),
        scene,
        cross,
        this.palette,
        this.writing(state),
      );
    }
    this.tell(isInside ? this.find(pointer.x, pointer.y) : null);
  }

  private find(x: number, y: number): Found | null {
    if (this.scene === null) return null;
    const bubbleAt = (atX: number, atY: number) => this.bubbles.find(atX, atY, this.view);
    return findAt(this.scene, bubbleAt, x, y);
  }

  /** Bubbles cost most: they are drawn in a frame of their own, and while the chart is moved only moved. */
  private placeBubbles(state: FlowState, scene: FlowScene): void {
    const need = this.bubbles.place(this.bubblesWanted(state, scene));
    if (need === "nothing" || this.bubblesDue?.isNow === true) return;
    this.bubblesDue?.takeBack();
    const draw = () => {
      this.bubblesDue = null;
      if (this.state === null || this.scene === null) return;
      this.bubbles.draw(this.bubblesWanted(this.state, this.scene));
    };
    if (need === "now") this.bubblesDue = { isNow: true, takeBack: inTurn(draw) };
    else {
      const timer = setTimeout(draw, MOVED_REST_MS);
      this.bubblesDue = { isNow: false, takeBack: () => clearTimeout(timer) };
    }
  }

  private bubblesWanted(state: FlowState, scene: FlowScene): BubblesWanted {
    const { minSize, bubbles } = this.handlers.settings();
    const { clearedMs } = this.handlers.wiped();
    // Where numbers are to be read, only the largest lie over them: one a bar.
    const isHollow = scene.bars.detail === "cells";
    const most = isHollow ? Math.round(scene.bars.candles.length * 1.5) : MOST_BUBBLES;
    return {
      state,
      view: this.view,
      places: scene.axis.places,
      limits: { minSize, most, clearedMs },
      isHollow,
      isShown: bubbles,
    };
  }

  private tell(found: Found | null): void {
    const key = found === null ? "" : `${found.x} ${found.y} ${this.state?.version}`;
    if (key === this.told) return;
    this.told = key;
    this.handlers.onFound(found);
  }

  private tellRange({ axis }: FlowScene): void {
    if (this.rangeTimer !== null) return;
    const { fromMs, toMs } = axis;
    this.rangeTimer = setTimeout(() => {
      this.rangeTimer = null;
      const now = this.scene?.axis;
      this.handlers.onRange(now?.fromMs ?? fromMs, now?.toMs ?? toMs);
    }, RANGE_REST_MS);
  }

  private writing(state: FlowState): Writing {
    return { tick: state.tick, zone: this.handlers.zone() };
  }
}
