import type { Size } from "../../heatmap/view";

/** On the page, or a picture that is shown once it is drawn. */
export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** What a canvas is drawn with: in pixels of the page, whatever the screen has for each. */
export function contextOf(
  canvas: HTMLCanvasElement,
  ratio: number,
  isSeenThrough = true,
): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { alpha: isSeenThrough });
  if (context === null) throw new Error("this browser draws no canvas");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** Give a canvas a size in pixels of the page; what was drawn on it is gone. */
export function fitCanvas(canvas: HTMLCanvasElement, { width, height }: Size, ratio: number): void {
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

/** Fill a rectangle on whole pixels: sharp, and a plain copy where edges between them would be blended. */
export function fillWhole(
  context: Context,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const [left, top] = [Math.round(x), Math.round(y)];
  const right = Math.max(left + 1, Math.round(x + width));
  const bottom = Math.max(top + 1, Math.round(y + height));
  context.fillRect(left, top, right - left, bottom - top);
}
