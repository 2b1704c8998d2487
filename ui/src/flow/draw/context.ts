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
