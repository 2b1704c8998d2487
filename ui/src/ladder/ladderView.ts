/**
 * The ladder on its canvas: holds what was scrolled, hovered and followed, and draws when something changed.
 * Knows nothing of React; the panel hands it the book and hears what the pointer found.
 */

import type { BookState } from "../book/bookState";
import { orderId } from "../book/orders";
import { type PageColours, readColours } from "../drawing/colours";
import { LadderChanges } from "./changes";
import { type Column, columnsFor } from "./columns";
import { draw, FONT_PX, TITLE_PX } from "./draw";
import { groupDepth, groupVolume, middleOf, type RowVolume, steadyScale, usualSize } from "./rows";
import { type Hovered, hit, type LastTrade, priceText, type Scene } from "./scene";
import type { Segment } from "./segments";
import { recentred, rowsSeen, type Viewport } from "./viewport";

export interface PointedOrder {
  side: "B" | "A";
  segment: Segment;
  /** Of the pointer, in the canvas. */
  x: number;
  y: number;
}

export interface LadderHandlers {
  onHover(pointed: PointedOrder | null): void;
  onFollow(orderId: bigint, side: "B" | "A", price: number): void;
  /** Two clicks on one place: neither was meant for the order there. */
  onDoubleClick(): void;
  /** Whether the ladder follows the market by itself. */
  onAuto(auto: boolean): void;
  onDrawn(scene: Scene): void;
}

export interface LadderInput {
  book: BookState | null;
  tick: number;
  /** Ticks of a row. */
  group: number;
  last: LastTrade | null;
  followedId: bigint | null;
}

const ROW_PX = 18;
const ROW_PX_TOUCH = 22;
const DRAG_PX = 4;

export class LadderView {
  private readonly context: CanvasRenderingContext2D;
  private readonly observer: ResizeObserver;
  private readonly rowPx: number;
  private palette: PageColours;
  private input: LadderInput = { book: null, tick: 1, group: 1, last: null, followedId: null };
  private scene: Scene | null = null;
  private width = 0;
  private height = 0;
  private centre = 0;
  private isCentred = false;
  private auto = true;
  private scale = 1;
  private mostVolume = 1;
  private readonly changes = new LadderChanges();
  private due = 0;
  private pointer: { x: number; y: number } | null = null;
  private drag: { y: number; centre: number; moved: boolean } | null = null;
  private volume: { key: string; rows: Map<number, RowVolume> } = { key: "", rows: new Map() };

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly handlers: LadderHandlers,
  ) {
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("this browser draws no canvas");
    this.context = context;
    this.palette = readColours(canvas);
    this.rowPx = window.matchMedia("(pointer: coarse)").matches ? ROW_PX_TOUCH : ROW_PX;
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(canvas);
    canvas.addEventListener("wheel", this.onWheel, { passive: false });
    canvas.addEventListener("pointermove", this.onMove);
    canvas.addEventListener("pointerdown", this.onDown);
    canvas.addEventListener("pointerup", this.onUp);
    canvas.addEventListener("pointercancel", this.onCancel);
    canvas.addEventListener("pointerleave", this.onLeave);
    canvas.addEventListener("dblclick", this.onDoubleClick);
  }

  destroy(): void {
    this.observer.disconnect();
    cancelAnimationFrame(this.due);
    const { canvas } = this;
    canvas.removeEventListener("wheel", this.onWheel);
    canvas.removeEventListener("pointermove", this.onMove);
    canvas.removeEventListener("pointerdown", this.onDown);
    canvas.removeEventListener("pointerup", this.onUp);
    canvas.removeEventListener("pointercancel", this.onCancel);
    canvas.removeEventListener("pointerleave", this.onLeave);
    canvas.removeEventListener("dblclick", this.onDoubleClick);
  }

  /** Take what is to be drawn; draw it at once where the caller stands in an animation frame. */
  show(input: LadderInput, now: boolean): void {
    const before = this.input;
    const isOther =
      before.book?.instrumentId !== input.book?.instrumentId || before.tick !== input.tick;
    if (isOther) this.forget();
    else if (before.group !== input.group) {
      // The price in the middle stays there.
      this.centre = Math.round((this.centre * before.group) / input.group);
      this.scale = 1;
    }
    this.input = input;
    if (now) this.paint();
    else this.redraw();
  }

  /** The theme changed. */
  repaint(): void {
    this.palette = readColours(this.canvas);
    this.redraw();
  }

  /** Stand on the market, and follow it from now on. */
  recentre = (): void => {
    this.isCentred = false;
    this.setAuto(true);
    this.redraw();
  };

  setAuto(auto: boolean): void {
    if (auto === this.auto) return;
    this.auto = auto;
    this.handlers.onAuto(auto);
    this.redraw();
  }

  /** Move up by rows; the ladder then stays there. */
  scroll(rows: number): void {
    this.setAuto(false);
    this.centre += rows;
    this.redraw();
  }

  /** Rows of half the screen. */
  get page(): number {
    return Math.max(1, Math.floor((this.height - TITLE_PX) / this.rowPx / 2));
  }

  private forget(): void {
    this.isCentred = false;
    this.scale = 1;
    this.mostVolume = 1;
    if (!this.auto) this.setAuto(true);
  }

  private resize(): void {
    const { width, height } = this.canvas.getBoundingClientRect();
    this.width = width;
    this.height = height;
    this.redraw();
  }

  private redraw(): void {
    if (this.due !== 0) return;
    this.due = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    cancelAnimationFrame(this.due);
    this.due = 0;
    if (this.width === 0 || this.height === 0) return;
    this.fit();
    const scene = this.sceneNow();
    this.scene = scene;
    if (scene === null) {
      this.context.fillStyle = this.palette.panel;
      this.context.fillRect(0, 0, this.width, this.height);
      this.changes.clear();
      this.point(null);
      return;
    }
    if (this.pointer !== null) this.look(scene, this.pointer);
    draw(this.context, scene, this.palette, this.width, this.changes.next(scene, this.palette));
    this.handlers.onDrawn(scene);
  }

  /** As many pixels as the screen has: lines stay sharp. */
  private fit(): void {
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.changes.clear();
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  private sceneNow(): Scene | null {
    const { book, tick, group, last, followedId } = this.input;
    if (book === null) return null;
    const step = tick * group;
    const depth = groupDepth(book, step);
    const view = this.viewNow(middleOf(depth));
    const { highest, lowest } = rowsSeen(view);
    const sizes: number[] = [];
    for (const rows of [depth.bids, depth.asks]) {
      for (const [row, { size }] of rows) {
        if (row >= lowest && row <= highest) sizes.push(size);
      }
    }
    this.scale = steadyScale(this.scale, usualSize(sizes));
    const volume = this.volumeNow(book, step);
    let most = 1;
    for (let row = lowest; row <= highest; row += 1) {
      most = Math.max(most, volume.get(row)?.total ?? 0);
    }
    this.mostVolume = steadyScale(this.mostVolume, most);
    return {
      book,
      step,
      tick,
      depth,
      volume,
      mostVolume: this.mostVolume,
      columns: this.columnsNow(book, view),
      view,
      scale: this.scale,
      last,
      followedId,
      hovered: null,
    };
  }

  private viewNow(market: number | null): Viewport {
    const heightPx = this.height - TITLE_PX;
    const view = { centre: this.centre, rowPx: this.rowPx, topPx: TITLE_PX, heightPx };
    if (market === null || this.drag !== null) return view;
    if (!this.isCentred) this.centre = Math.round(market);
    else if (this.auto) this.centre = recentred(view, market);
    this.isCentred = true;
    return { ...view, centre: this.centre };
  }

  private volumeNow(book: BookState, step: number): Map<number, RowVolume> {
    const key = `${book.publisherId} ${book.instrumentId} ${step} ${book.volumeVersion}`;
    if (key !== this.volume.key) this.volume = { key, rows: groupVolume(book, step) };
    return this.volume.rows;
  }

  private columnsNow(book: BookState, view: Viewport): Column[] {
    const text = priceText(
      rowsSeen(view).highest * this.input.tick * this.input.group,
      this.input.tick,
    );
    const charPx = FONT_PX * 0.61;
    const hasOrders =
      book.bids.some((l) => l.orders.length > 0) || book.asks.some((l) => l.orders.length > 0);
    return columnsFor(this.width, text.length * charPx, hasOrders);
  }

  private look(scene: Scene, at: { x: number; y: number }): void {
    const found = hit(scene, at.x, at.y);
    const segment = found?.segment;
    const id = segment === undefined ? null : orderId(segment.level.orders, segment.place);
    scene.hovered =
      found === null || id === null
        ? null
        : ({ orderId: id, side: found.side, row: found.row } satisfies Hovered);
    this.point(found === null ? null : { side: found.side, segment: found.segment, ...at });
  }

  private point(pointed: PointedOrder | null): void {
    this.canvas.style.cursor = pointed === null ? "" : "pointer";
    this.handlers.onHover(pointed);
  }

  private onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const rows =
      event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY / this.rowPx : event.deltaY;
    const whole = Math.sign(rows) * Math.max(1, Math.round(Math.abs(rows) / 2));
    if (rows !== 0) this.scroll(-whole);
  };

  private onMove = (event: PointerEvent): void => {
    const { offsetX: x, offsetY: y } = event;
    if (this.drag !== null) {
      const moved = this.drag.moved || Math.abs(y - this.drag.y) > DRAG_PX;
      this.drag.moved = moved;
      if (moved) {
        this.setAuto(false);
        this.centre = Math.round(this.drag.centre + (y - this.drag.y) / this.rowPx);
      }
    }
    this.pointer = { x, y };
    this.redraw();
  };

  private onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = { y: event.offsetY, centre: this.centre, moved: false };
    this.pointer = { x: event.offsetX, y: event.offsetY };
  };

  private onUp = (event: PointerEvent): void => {
    const { drag, scene } = this;
    this.drag = null;
    // A finger that was lifted points at nothing.
    if (event.pointerType !== "mouse") this.onLeave();
    if (drag === null || drag.moved || scene === null) return;
    const found = hit(scene, event.offsetX, event.offsetY);
    if (found === null) return;
    const { level, place } = found.segment;
    this.handlers.onFollow(orderId(level.orders, place), found.side, level.price);
  };

  private onDoubleClick = (): void => {
    this.handlers.onDoubleClick();
    this.recentre();
  };

  private onCancel = (): void => {
    this.drag = null;
  };

  private onLeave = (): void => {
    this.pointer = null;
    this.point(null);
    this.redraw();
  };
}
