/** The rows below the bars: volume, delta, CVD. */

import { shortNumber } from "../scene/bars";
import type { BelowScene } from "../scene/below";
import { type FlowFrame, FOOTER_ROW } from "../scene/frame";
import { line } from "./axes";
import { type Context, fillWhole } from "./context";
import { type FlowPalette, sideColour } from "./palette";

const NAMES = ["Vol", "Δ", "ΣΔ"];

export function drawFooter(
  context: Context,
  { footer, frame }: BelowScene,
  palette: FlowPalette,
): void {
  if (footer === null) return;
  const { top, height } = frame.footer;
  context.fillStyle = palette.panel;
  context.fillRect(0, top, frame.width, height);
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
  line(context, palette.border, 0, top + 0.5, frame.width);
}

/** What the rows are, beside them. */
export function drawFooterNames(
  context: Context,
  { plot, footer, size }: FlowFrame,
  palette: FlowPalette,
): void {
  if (footer.height === 0) return;
  const { top } = footer;
  context.font = `10px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = palette.dim;
  for (const [row, name] of NAMES.entries()) {
    context.fillText(name, plot.width + 6, top + (row + 0.5) * FOOTER_ROW + 1);
  }
  line(context, palette.border, plot.width, top + 0.5, size.width);
}
