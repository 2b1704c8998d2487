/**
 * Bubbles on a canvas of their own, some of them beyond the edges: moving the chart moves the picture, and thousands
 * are drawn anew only once something else is to be seen.
 */

import type { Size, View } from "../heatmap/view";
import { BubbleSprites } from "./draw/bubbles";
import type { FlowPalette } from "./draw/palette";
import type { BubbleItem, FlowState } from "./flowState";
import { type BubbleShape, type BubblesLimits, bubbleAt, bubblesScene } from "./scene/bubbles";
import type { BarPlaces } from "./scene/timeAxis";
import { TimeAxis } from "./scene/timeAxis";

export interface BubblesWanted {
  state: FlowState;
  view: View;
  places: BarPlaces | null;
  limits: BubblesLimits;
  /** Rings only: what is below is to be read. */
  isHollow: boolean;
  isShown: boolean;
}

/** Share of the plot that is drawn beyond each of its edges. */
const BEYOND = 0.25;
const MOST_DISTORTED = 0.3;

export class BubbleLayer {
  private readonly canvas = document.createElement("canvas");
  private sprites: BubbleSprites;
  private shapes: BubbleShape[] = [];
  private drawn: View | null = null;
  private key = "";
  private size: Size = { width: 1, height: 1 };
  private beyond: Size = { width: 0, height: 0 };
  private ratio = 1;

  constructor(
    private readonly clip: HTMLElement,
    palette: FlowPalette,
  ) {
    this.sprites = new BubbleSprites(palette, 1);
    this.canvas.className = "flow-bubbles";
    clip.append(this.canvas);
  }

  resize(size: Size, ratio: number, palette: FlowPalette): void {
    this.size = size;
    this.ratio = ratio;
    this.sprites = new BubbleSprites(palette, ratio);
    const width = Math.round(size.width * BEYOND);
    const height = Math.round(size.height * BEYOND);
    this.beyond = { width, height };
    const whole = { width: size.width + 2 * width, height: size.height + 2 * height };
    this.canvas.width = Math.round(whole.width * ratio);
    this.canvas.height = Math.round(whole.height * ratio);
    Object.assign(this.clip.style, { width: `${size.width}px`, height: `${size.height}px` });
    Object.assign(this.canvas.style, {
      width: `${whole.width}px`,
      height: `${whole.height}px`,
      left: `${-width}px`,
      top: `${-height}px`,
    });
    this.key = "";
  }

  /** Put what was drawn where it is now; tells how much has to be drawn: nothing, soon once it rests, or at once. */
  place(wanted: BubblesWanted): "nothing" | "soon" | "now" {
    const { view } = wanted;
    const { drawn } = this;
    if (keyOf(wanted) !== this.key || drawn === null) return "now";
    const [dx, dy] = this.moved(view, drawn);
    const [scaleX, scaleY] = [drawn.msPerPx / view.msPerPx, drawn.ticksPerPx / view.ticksPerPx];
    const isMoved = dx !== 0 || dy !== 0;
    const isScaled = scaleX !== 1 || scaleY !== 1;
    const [left, top] = [-this.beyond.width, -this.beyond.height];
    // About the plot's upper left corner, which lies inside of the canvas.
    this.canvas.style.transformOrigin = `${-left}px ${-top}px`;
    this.canvas.style.transform =
      isMoved || isScaled ? `matrix(${scaleX}, 0, 0, ${scaleY}, ${dx}, ${dy})` : "";
    // A little more or less wide, circles still look like circles.
    const isDistorted = Math.abs(Math.log(scaleX / scaleY)) > MOST_DISTORTED;
    if (isScaled && (isDistorted || scaleX < 1 - BEYOND || scaleY < 1 - BEYOND)) return "now";
    const isBeyond = Math.abs(dx) > this.beyond.width || Math.abs(dy) > this.beyond.height;
    if (isBeyond) return "now";
    return isMoved || isScaled ? "soon" : "nothing";
  }

  draw(wanted: BubblesWanted): void {
    const { state, view, places, limits } = wanted;
    const { beyond, size, canvas } = this;
    this.key = keyOf(wanted);
    this.drawn = view;
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    canvas.style.transform = "";
    this.shapes = [];
    if (!wanted.isShown) return;
    const whole = {
      width: size.width + 2 * beyond.width,
      height: size.height + 2 * beyond.height,
    };
    const moved = {
      ...view,
      endMs: view.endMs + beyond.width * view.msPerPx,
      topTick: view.topTick + beyond.height * view.ticksPerPx,
    };
    const axis = new TimeAxis(moved, whole.width, places);
    this.shapes = bubblesScene(state, axis, whole, limits).shapes;
    this.sprites.draw(context, this.shapes, wanted.isHollow);
    canvas.dataset.bubbles = `${this.shapes.length}`;
  }

  /** Nothing is known: nothing is drawn. */
  clear(): void {
    this.shapes = [];
    this.key = "";
    this.canvas.getContext("2d")?.reset();
  }

  /** The bubble at a place of the plot. */
  find(x: number, y: number, view: View): BubbleItem | null {
    if (this.drawn === null) return null;
    const { drawn } = this;
    const [dx, dy] = this.moved(view, drawn);
    const ownX = ((x - dx) * view.msPerPx) / drawn.msPerPx + this.beyond.width;
    const ownY = ((y - dy) * view.ticksPerPx) / drawn.ticksPerPx + this.beyond.height;
    return bubbleAt(this.shapes, ownX, ownY)?.item ?? null;
  }

  /** Where the upper left corner of what was drawn is by now, in pixels. */
  private moved(view: View, drawn: View): [number, number] {
    const { width } = this.size;
    const startMs = drawn.endMs - width * drawn.msPerPx;
    const dx = width - (view.endMs - startMs) / view.msPerPx;
    return [dx, (view.topTick - drawn.topTick) / view.ticksPerPx];
  }
}

function keyOf({ state, limits, isHollow, isShown }: BubblesWanted): string {
  const { items, forgotten } = state.bubbles;
  const { minSize, most, clearedMs } = limits;
  const what = `${state.symbol} ${state.epoch} ${items.length} ${forgotten} ${state.bubbles.newest?.ms}`;
  return `${what} ${minSize} ${most} ${clearedMs} ${isHollow} ${isShown}`;
}
