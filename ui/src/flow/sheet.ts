/**
 * A canvas that may hold more than is seen: moving the chart moves the picture, and it is drawn anew only once
 * something else is to be seen.
 *
 * What is shown is a bitmap that was drawn elsewhere. A browser that composes without a graphics card copies every
 * canvas that can be drawn on for each frame, whether it changed or not; a bitmap is handed over once.
 */

import type { Size, View } from "../heatmap/view";

/** How far a picture may be stretched before it is drawn anew. */
interface Stretch {
  /** Larger or smaller than it was drawn, as a factor. */
  most: number;
  /** Of one direction against the other. */
  mostUneven: number;
}

/** How what was drawn suits what is looked at: as it is, moved or stretched a little, or not at all. */
export type Fit = "as drawn" | "moved" | "outgrown";

/** Where something was drawn is, in pixels of what is seen. */
interface Placed {
  dx: number;
  dy: number;
  scaleX: number;
  scaleY: number;
}

/** What is drawn: beyond the edges too. */
interface Wide {
  view: View;
  size: Size;
}

export class Sheet {
  readonly canvas = document.createElement("canvas");
  private readonly shown: ImageBitmapRenderingContext;
  private readonly paper = new OffscreenCanvas(1, 1);
  private readonly context: OffscreenCanvasRenderingContext2D;
  private drawn: View | null = null;
  private seen: Size = { width: 1, height: 1 };
  private beyond: Size = { width: 0, height: 0 };
  private ratio = 1;
  private readonly isOfTime: boolean;

  /** `isOfTime`: its heights are no prices, it moves with time alone. */
  constructor(
    clip: HTMLElement,
    className: string,
    private readonly stretch: Stretch,
    { isOfTime = false, isSeenThrough = true } = {},
  ) {
    const shown = this.canvas.getContext("bitmaprenderer");
    const context = this.paper.getContext("2d", { alpha: isSeenThrough });
    if (shown === null || context === null) throw new Error("this browser draws no canvas");
    this.shown = shown;
    this.context = context;
    this.isOfTime = isOfTime;
    this.canvas.className = `flow-sheet ${className}`;
    clip.append(this.canvas);
  }

  /** Lay out what is seen of it; what was drawn no longer holds. */
  resize(seen: Size, ratio: number): void {
    this.seen = seen;
    this.ratio = ratio;
    this.lay(this.beyond);
    this.drawn = null;
  }

  /** Draw for this view, and a share of what is seen beyond each edge. */
  draw(
    view: View,
    share: number,
    paint: (context: OffscreenCanvasRenderingContext2D, wide: Wide) => void,
  ): void {
    const { seen, context, ratio } = this;
    const width = Math.round(seen.width * share);
    const height = this.isOfTime ? 0 : Math.round(seen.height * share);
    if (width !== this.beyond.width || height !== this.beyond.height) this.lay({ width, height });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const size = { width: seen.width + 2 * width, height: seen.height + 2 * height };
    const wide = {
      ...view,
      endMs: view.endMs + width * view.msPerPx,
      topTick: view.topTick + height * view.ticksPerPx,
    };
    paint(context, { view: wide, size });
    this.shown.transferFromImageBitmap(this.paper.transferToImageBitmap());
    this.drawn = view;
    this.canvas.style.transform = this.canvas.style.imageRendering = "";
  }

  /** Show nothing. */
  clear(): void {
    this.shown.transferFromImageBitmap(null);
    this.drawn = null;
  }

  /** Put what was drawn where it is now. */
  place(view: View): Fit {
    const placed = this.placedIn(view);
    if (placed === null) return "outgrown";
    const { dx, dy, scaleX, scaleY } = placed;
    const isScaled = scaleX !== 1 || scaleY !== 1;
    const isMoved = isScaled || dx !== 0 || dy !== 0;
    const transform = isMoved ? `matrix(${scaleX}, 0, 0, ${scaleY}, ${dx}, ${dy})` : "";
    const { style } = this.canvas;
    if (style.transform !== transform) style.transform = transform;
    // For a moment only; without a graphics card, smoothing would cost frames.
    style.imageRendering = isScaled ? "pixelated" : "";
    if (isScaled && this.isStretched(scaleX, scaleY)) return "outgrown";
    if (!this.covers(placed)) return "outgrown";
    return isMoved ? "moved" : "as drawn";
  }

  /** Where in the picture a place of what is seen lies. */
  ownPlace(x: number, y: number, view: View): { x: number; y: number } | null {
    const placed = this.placedIn(view);
    if (placed === null) return null;
    const { dx, dy, scaleX, scaleY } = placed;
    return {
      x: (x - dx) / scaleX + this.beyond.width,
      y: (y - dy) / scaleY + this.beyond.height,
    };
  }

  /** Whether a place of the picture is seen where it was drawn for. */
  isSeen(x: number, y = this.beyond.height): boolean {
    const { seen, beyond } = this;
    const [ownX, ownY] = [x - beyond.width, y - beyond.height];
    return ownX >= 0 && ownX <= seen.width && ownY >= 0 && ownY <= seen.height;
  }

  private lay(beyond: Size): void {
    const { canvas, paper, seen, ratio } = this;
    this.beyond = beyond;
    const width = seen.width + 2 * beyond.width;
    const height = seen.height + 2 * beyond.height;
    paper.width = canvas.width = Math.round(width * ratio);
    paper.height = canvas.height = Math.round(height * ratio);
    Object.assign(canvas.style, {
      width: `${width}px`,
      height: `${height}px`,
      left: `${-beyond.width}px`,
      top: `${-beyond.height}px`,
      // About the upper left corner of what is seen, which may lie inside of the canvas.
      transformOrigin: `${beyond.width}px ${beyond.height}px`,
    });
  }

  private placedIn(view: View): Placed | null {
    const { drawn, seen } = this;
    if (drawn === null) return null;
    const scaleX = drawn.msPerPx / view.msPerPx;
    const scaleY = this.isOfTime ? 1 : drawn.ticksPerPx / view.ticksPerPx;
    const startMs = drawn.endMs - seen.width * drawn.msPerPx;
    const dx = seen.width - (view.endMs - startMs) / view.msPerPx;
    const dy = this.isOfTime ? 0 : (view.topTick - drawn.topTick) / view.ticksPerPx;
    if (scaleX !== 1 || scaleY !== 1) return { dx, dy, scaleX, scaleY };
    // On whole pixels of the screen it is as sharp as it was drawn.
    const whole = (px: number) => Math.round(px * this.ratio) / this.ratio + 0;
    return { dx: whole(dx), dy: whole(dy), scaleX, scaleY };
  }

  private isStretched(scaleX: number, scaleY: number): boolean {
    const { most, mostUneven } = this.stretch;
    const farthest = Math.max(Math.abs(Math.log(scaleX)), Math.abs(Math.log(scaleY)));
    const uneven = this.isOfTime ? 0 : Math.abs(Math.log(scaleX / scaleY));
    return farthest > Math.log(most) || uneven > Math.log(mostUneven);
  }

  /** Whether all that is seen is in the picture. */
  private covers({ dx, dy, scaleX, scaleY }: Placed): boolean {
    const { seen, beyond } = this;
    const isCovered = (at: number, scale: number, length: number, more: number) =>
      at - more * scale <= 0.5 && at + (length + more) * scale >= length - 0.5;
    return (
      isCovered(dx, scaleX, seen.width, beyond.width) &&
      isCovered(dy, scaleY, seen.height, beyond.height)
    );
  }
}
