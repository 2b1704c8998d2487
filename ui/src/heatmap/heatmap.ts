/** The heatmap on its canvases: what is seen of the feed, drawn when something changed, moved by gestures. */

import type { BookState } from "../book/bookState";
import { RestedTurn } from "../drawing/restedTurn";
import { onStill } from "../drawing/still";
import type { Zone } from "../market/times";
import { type AxesScene, drawAxes, drawCrosshair, type Frame, frameOf, type Readout } from "./axes";
import type { Span } from "./coverage";
import { type Cutoffs, cutoffsOf, steadyCutoffs } from "./cutoffs";
import { ROWS, type Seen } from "./depthTexture";
import { CAPACITY, type HeatmapFeed } from "./feed";
import { atNow, bestOf, keptCentred, keptFitting, rangeOf, spanning } from "./following";
import { listenToGestures } from "./gestures";
import { Painter } from "./painter";
import { type Palette, readPalette } from "./palette";
import { depthAt, depthNow } from "./readout";
import { type RowWindow, windowFor } from "./rowWindow";
import type { HeatmapSettings } from "./settings";
import { TradeDots } from "./tradeDots";
import {
  columnLength,
  pan,
  type Size,
  tickAt,
  timeAt,
  type View,
  zoomPrice,
  zoomTime,
} from "./view";

/** Time and price each move with the market, or stand where a person put them. */
export interface Follow {
  time: boolean;
  price: boolean;
}

/** The market as the heatmap needs it at the moment of drawing. */
export interface Market {
  book: BookState | null;
  /** The market's clock; null before the first record. */
  nowMs: number | null;
  /** In units of 1e-9: a step where no tick is known. */
  tick: number;
  priceTick: bigint | null;
  zone: Zone;
  /** Price of the last trade, in units of 1e-9. */
  last: number | null;
  /** When records are missing. */
  gaps: readonly Span[];
}

export interface HeatmapHandlers {
  market(): Market;
  settings(): HeatmapSettings;
  onFollow(follow: Follow): void;
  onColumnLength(everyMs: number): void;
  onReadout(readout: Readout | null): void;
}

export interface Canvases {
  plot: HTMLCanvasElement;
  axes: HTMLCanvasElement;
  cross: HTMLCanvasElement;
}

const START_MS_PER_PX = 100;
/** The market changes a picture no more often than this: columns are longer, and eyes are slower. */
const REST_MS = 95;
/** Near the right edge a wheel keeps now where it is. */
const EDGE_SHARE = 0.8;

export class Heatmap {
  private readonly painter: Painter | null;
  private readonly dots = new TradeDots();
  private view: View = { endMs: 0, msPerPx: START_MS_PER_PX, topTick: 0, ticksPerPx: 0.1 };
  private frame: Frame = frameOf({ width: 600, height: 400 });
  private follow: Follow = { time: true, price: true };
  private palette: Palette;
  private window: RowWindow | null = null;
  private baseTick: number | null = null;
  /** Whether a person chose the scale of prices. */
  private hasOwnScale = false;
  private pointer: { x: number; y: number } | null = null;
  private due = 0;
  private needs = { plot: true, axes: true, cross: true };
  private ratio = 1;
  private everyMs = 0;
  private drawnKey = "";
  private cutoffs: Cutoffs | null = null;
  private drawnAtMs = 0;
  private readonly moving = new RestedTurn(REST_MS, () => {
    this.needs.plot = this.needs.axes = true;
    // What a hand moves waits for nobody, and is drawn in this frame already.
    if (this.due === 0) this.draw();
  });
  private readonly stopGestures: () => void;
  private readonly stopStills = onStill(() => this.drawStill());

  constructor(
    private readonly element: HTMLElement,
    private readonly canvases: Canvases,
    private readonly feed: HeatmapFeed,
    private readonly handlers: HeatmapHandlers,
  ) {
    this.palette = readPalette(element);
    this.painter = Painter.on(canvases.plot, CAPACITY, () => this.redraw());
    this.stopGestures = listenToGestures(
      element,
      () => ({ axisX: this.frame.plot.width + this.frame.bars, axisY: this.frame.plot.height }),
      {
        onZoomTime: (x, factor) => this.zoomTime(x, factor),
        onZoomPrice: (y, factor) => this.zoomPrice(y, factor),
        onPan: (dx, dy) => this.pan(dx, dy),
        onRefit: () => this.refit(),
        onPoint: (x, y) => this.point({ x, y }),
        onLeave: () => this.point(null),
      },
    );
  }

  /** Whether the browser can draw it at all. */
  get isSupported(): boolean {
    return this.painter !== null;
  }

  resize(size: Size): void {
    const endMs = this.view.endMs;
    this.frame = frameOf(size);
    this.view = { ...this.view, endMs };
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    const { plot, bars, axis, foot } = this.frame;
    this.painter?.resize(plot, this.ratio);
    for (const canvas of [this.canvases.axes, this.canvases.cross]) {
      canvas.width = Math.round((plot.width + bars + axis) * this.ratio);
      canvas.height = Math.round((plot.height + foot) * this.ratio);
      canvas.style.width = `${plot.width + bars + axis}px`;
      canvas.style.height = `${plot.height + foot}px`;
    }
    this.canvases.plot.style.width = `${plot.width}px`;
    this.canvases.plot.style.height = `${plot.height}px`;
    this.redraw();
  }

  /** Take the page's colours again: after a change of theme. */
  restyle(): void {
    this.palette = readPalette(this.element);
    this.redraw();
  }

  /** Another instrument, or time starts over: what was fitted no longer holds. */
  startOver(): void {
    this.hasOwnScale = false;
    this.window = null;
    this.baseTick = null;
    this.redraw();
  }

  setFollow(follow: Follow): void {
    this.follow = follow;
    this.handlers.onFollow(follow);
    this.redraw();
  }

  toggleFollow(): void {
    const on = !(this.follow.time && this.follow.price);
    this.setFollow({ time: on, price: on });
  }

  /** The usual view: the newest time, the prices that traded in it. */
  refit(): void {
    this.view = { ...this.view, msPerPx: START_MS_PER_PX };
    this.hasOwnScale = false;
    this.setFollow({ time: true, price: true });
  }

  /** The market or the columns changed. */
  change(): void {
    this.moving.ask(this.drawnAtMs);
  }

  redraw(): void {
    this.drawnKey = "";
    this.cutoffs = null;
    this.schedule({ plot: true, axes: true, cross: true });
  }

  destroy(): void {
    this.stopGestures();
    this.stopStills();
    cancelAnimationFrame(this.due);
    this.moving.end();
    this.painter?.destroy();
  }

  private zoomTime(x: number, factor: number): void {
    const { width } = this.frame.plot;
    const { nowMs } = this.handlers.market();
    const isAtNow = this.follow.time && x >= width * EDGE_SHARE;
    const at = isAtNow ? width : Math.min(x, width);
    this.view = zoomTime(this.view, width, at, factor);
    const isNowSeen = nowMs !== null && nowMs <= this.view.endMs;
    if (this.follow.time && !isAtNow && factor < 1 && !isNowSeen) {
      this.setFollow({ ...this.follow, time: false });
    }
    this.redraw();
  }

  private zoomPrice(y: number, factor: number): void {
    this.hasOwnScale = true;
    this.view = zoomPrice(this.view, y, factor);
    this.redraw();
  }

  private pan(dx: number, dy: number): void {
    if (dx === 0 && dy === 0) return;
    this.view = pan(this.view, dx, dy);
    const follow = {
      time: this.follow.time && dx === 0,
      price: this.follow.price && dy === 0,
    };
    if (follow.time !== this.follow.time || follow.price !== this.follow.price) {
      this.setFollow(follow);
    }
    this.redraw();
  }

  private point(pointer: { x: number; y: number } | null): void {
    const { plot, bars } = this.frame;
    const isInside = pointer !== null && pointer.x < plot.width + bars && pointer.y < plot.height;
    if (!isInside && this.pointer === null) return;
    this.pointer = isInside ? pointer : null;
    this.schedule({ cross: true });
  }

  private schedule(needs: { plot?: boolean; axes?: boolean; cross?: boolean }): void {
    this.needs.plot ||= needs.plot ?? false;
    this.needs.axes ||= needs.axes ?? false;
    this.needs.cross ||= needs.cross ?? false;
    if (this.due === 0) this.due = requestAnimationFrame(() => this.draw());
  }

  /** All of it at once: a copy is made of what this draws. */
  private drawStill(): void {
    this.drawnKey = "";
    // A browser wipes what it has shown at the first drawing after it, and counts a copy of pixels as none.
    this.painter?.blank(this.palette);
    this.needs = { plot: true, axes: true, cross: true };
    this.draw();
  }

  private draw(): void {
    this.due = 0;
    if (this.needs.plot) this.drawnAtMs = performance.now();
    const market = this.handlers.market();
    const { needs } = this;
    this.needs = { plot: false, axes: false, cross: false };
    if (needs.plot) this.drawPlot(market);
    if (market.nowMs === null || market.tick <= 0) {
      this.clear();
      return;
    }
    const scene = this.sceneOf(market);
    if (needs.axes) drawAxes(this.contextOf(this.canvases.axes), scene);
    if (needs.cross || (needs.plot && this.pointer !== null)) {
      this.canvases.cross.hidden = this.pointer === null;
      const readout = this.readout(market);
      drawCrosshair(this.contextOf(this.canvases.cross), scene, readout);
      this.handlers.onReadout(readout);
    }
  }

  /** Nothing is known yet, or not of here. */
  private clear(): void {
    this.painter?.blank(this.palette);
    for (const canvas of [this.canvases.axes, this.canvases.cross]) {
      this.contextOf(canvas).clearRect(0, 0, canvas.width, canvas.height);
    }
    this.handlers.onReadout(null);
  }

  private drawPlot(market: Market): void {
    const { painter, feed } = this;
    if (painter === null) return;
    const { nowMs } = market;
    if (nowMs === null || market.tick <= 0) return;
    const wanted = columnLength(this.view.msPerPx);
    if (wanted !== this.everyMs) {
      this.everyMs = wanted;
      this.handlers.onColumnLength(wanted);
    }
    this.move(market, nowMs);
    const { plot } = this.frame;
    const startMs = timeAt(this.view, plot.width, 0);
    feed.want({ fromMs: startMs, toMs: this.view.endMs, everyMs: wanted }, nowMs);
    const { ring } = feed;
    const endColumn = Math.floor(nowMs / ring.everyMs) + 1;
    const key = `${feed.version} ${endColumn} ${this.view.endMs} ${this.view.topTick} ${market.gaps.length}`;
    if (key === this.drawnKey) return;
    this.drawnKey = key;
    const { lower, upper, contrast, isLog, trades } = this.handlers.settings();
    const seen = this.seenOf(startMs, endColumn, market.gaps);
    this.dots.count = 0;
    if (trades)
      this.dots.gather(ring, seen.first, Math.min(seen.last + 1, endColumn), this.view, plot);
    this.cutoffs = steadyCutoffs(this.cutoffs, cutoffsOf(ring.sizes, lower, upper));
    painter.draw({
      ring,
      seen,
      view: this.view,
      size: plot,
      strength: { cutoffs: this.cutoffs, contrast, isLog },
      palette: this.palette,
      dots: this.dots,
    });
  }

  private seenOf(startMs: number, end: number, gaps: readonly Span[]): Seen {
    const { ring } = this.feed;
    const { plot } = this.frame;
    const low = tickAt(this.view, plot.height) - 1;
    const high = this.view.topTick + 1;
    this.window = windowFor(this.window, low, high, this.view.ticksPerPx, ROWS);
    this.baseTick ??= Math.round(this.view.topTick);
    const first = Math.floor(startMs / ring.everyMs);
    return {
      first,
      last: Math.floor(this.view.endMs / ring.everyMs),
      window: this.window,
      baseTick: this.baseTick,
      baseColumn: Math.floor(ring.newest / ring.capacity) * ring.capacity,
      end,
      isKnown: (index) => this.feed.isKnown(index * ring.everyMs),
      gaps: gaps.map(({ fromMs, toMs }) => [
        Math.floor(fromMs / ring.everyMs),
        Math.ceil(toMs / ring.everyMs),
      ]),
    };
  }

  /** Follow the market, where the view does. */
  private move(market: Market, nowMs: number): void {
    const { plot } = this.frame;
    const { ring } = this.feed;
    if (this.follow.time) this.view = atNow(this.view, nowMs, ring.everyMs);
    if (!this.follow.price) return;
    const best = this.follow.time ? bestOf(market.book, market.tick, ring) : null;
    const startMs = timeAt(this.view, plot.width, 0);
    if (this.hasOwnScale && best !== null) this.view = keptCentred(this.view, plot.height, best);
    if (this.hasOwnScale) return;
    const traded = spanning(best, rangeOf(ring, startMs, Math.min(nowMs, this.view.endMs)));
    if (traded !== null) this.view = keptFitting(this.view, plot.height, traded);
  }

  private sceneOf(market: Market): AxesScene {
    const { view, frame, palette } = this;
    const { tick, priceTick, zone, book, last } = market;
    return {
      view,
      frame,
      palette,
      priceTick,
      zone,
      book,
      tick,
      last: last === null ? null : last / tick,
    };
  }

  private readout(market: Market): Readout | null {
    if (this.pointer === null) return null;
    const { x, y } = this.pointer;
    const tick = Math.round(tickAt(this.view, y));
    const { ring } = this.feed;
    if (x > this.frame.plot.width)
      return { x, y, ms: null, tick, ...depthNow(market.book, tick * market.tick) };
    const ms = timeAt(this.view, this.frame.plot.width, x);
    return {
      x,
      y,
      ms,
      tick,
      ...depthAt(ring, ms, tick, {
        nowMs: market.nowMs,
        gaps: market.gaps,
        isKnown: (at) => this.feed.isKnown(at),
      }),
    };
  }

  private contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return context;
  }
}
