/** The rows below the bars: volume, delta, CVD. */

import { shortNumber } from "../scene/bars";
import { FOOTER_ROW } from "../scene/frame";
import type { FlowScene } from "../scene/scene";
import { fillWhole } from "./context";
import { type FlowPalette, sideColour } from "./palette";

const NAMES = ["Vol", "Δ", "ΣΔ"];

export function drawFooter(
  context: CanvasRenderingContext2D,
  { footer, frame }: FlowScene,
  palette: FlowPalette,
): void {
  if (footer === null) return;
  const { top, height } = frame.footer;
  context.fillStyle = palette.panel;
  context.fillRect(0, top, frame.size.width, height);
  for (const { x, width, volume, delta, cumulative } of footer.cells) {
    const gap = width > 4 ? 1 : 0;
    const strengths = [
      [palette.dim, volume / footer.mostVolume],
      [sideColour(palette, delta >= 0), Math.abs(delta) / footer.mostDelta],
      [sideColour(palette, (cumulative ?? 0) >= 0), cumulative === null ? 0 : 0.35],
    ] as const;
    for (const [row, [colour, strength]] of strengths.entries()) {
      context.fillStyle = colour;
      context.globalAlpha = 0.08 + 0.5 * strength;
      fillWhole(context, x, top + row * FOOTER_ROW + 1, width - gap, FOOTER_ROW - 1);
    }
  }
  context.globalAlpha = 1;
  context.textBaseline = "middle";
  if (footer.isWritten) {
    context.font = `10px ${palette.mono}`;
    context.textAlign = "center";
    context.fillStyle = palette.text;
    for (const { x, width, volume, delta, cumulative } of footer.cells) {
      const texts = [volume, delta, cumulative].map((n) => (n === null ? "–" : shortNumber(n)));
      for (const [row, text] of texts.entries()) {
        context.fillText(text, x + width / 2, top + (row + 0.5) * FOOTER_ROW + 1, width - 2);
      }
    }
  }
  context.fillStyle = palette.panel;
  context.fillRect(frame.plot.width, top, frame.profile + frame.axis, height);
  context.font = `10px ${palette.font}`;
  context.textAlign = "left";
  context.fillStyle = palette.dim;
  for (const [row, name] of NAMES.entries()) {
    context.fillText(name, frame.plot.width + 6, top + (row + 0.5) * FOOTER_ROW + 1);
  }
  line(context, palette.border, 0, top + 0.5, frame.size.width);
}

export function line(
  context: CanvasRenderingContext2D,
  colour: string,
  x: number,
  y: number,
  toX: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, y);
  context.stroke();
}
