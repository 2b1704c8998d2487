/** The pane of the cumulative volume delta. */

import { formatSize } from "../../market/prices";
import type { BelowScene } from "../scene/below";
import { type CvdScale, type CvdScene, heightIn } from "../scene/cvd";
import type { EdgeScene } from "../scene/edge";
import { line } from "./axes";
import { type Context, fillWhole } from "./context";
import { drawSegments } from "./overlays";
import { type FlowPalette, sideColour } from "./palette";
import { strokeLine } from "./profile";

const MANY_POINTS = 800;
const BUCKET_NAMES = ["small", "medium", "large", "larger", "largest"];

export function drawCvd(context: Context, scene: BelowScene, palette: FlowPalette): void {
  const { cvd, frame } = scene;
  if (cvd === null) return;
  const { top, height } = frame.cvd;
  const { width } = frame;
  context.save();
  context.translate(0, top);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  context.setLineDash([2, 3]);
  line(context, palette.border, 0, Math.round(cvd.zeroY) + 0.5, width);
  context.setLineDash([]);
  drawBuckets(context, cvd, palette);
  drawCandles(context, cvd, palette);
  if (cvd.line !== null) {
    context.strokeStyle = palette.accent;
    // A line of many points is far more work where it is wider than a pixel.
    context.lineWidth = cvd.line.xs.length > MANY_POINTS ? 1 : 1.5;
    strokeLine(context, cvd.line);
  }
  drawSegments(context, cvd.disagreements, palette);
  for (const { x, y, isUp, isReversal } of cvd.flips) {
    context.fillStyle = sideColour(palette, isUp);
    const tip = isUp ? -5 : 5;
    context.beginPath();
    context.moveTo(x, y + tip);
    context.lineTo(x + 4, y - tip * 0.4);
    context.lineTo(x - 4, y - tip * 0.4);
    context.closePath();
    context.globalAlpha = isReversal ? 0.6 : 1;
    context.fill();
  }
  context.restore();
  line(context, palette.border, 0, top + 0.5, width);
}

function drawBuckets(context: Context, { buckets }: CvdScene, palette: FlowPalette): void {
  const colours = bucketColours(palette);
  context.lineWidth = 1;
  context.globalAlpha = 0.9;
  for (const [at, one] of buckets.entries()) {
    context.strokeStyle = colours[at % colours.length] ?? palette.dim;
    strokeLine(context, one);
  }
  context.globalAlpha = 1;
}

function bucketColours(palette: FlowPalette): string[] {
  return [palette.dim, palette.vwap, palette.area, palette.poc, palette.confluence];
}

function drawCandles(context: Context, { candles }: CvdScene, palette: FlowPalette): void {
  for (const isUp of [true, false]) {
    context.fillStyle = sideColour(palette, isUp);
    for (const { x, width, open, high, low, close } of candles) {
      // Heights grow downwards.
      if (close <= open !== isUp) continue;
      const gap = width >= 4 ? Math.max(1, width * 0.18) : 0;
      const body = Math.max(1, width - gap);
      fillWhole(context, x + width / 2 - 0.5, high, 1, low - high);
      const upper = Math.min(open, close);
      fillWhole(context, x + gap / 2, upper, body, Math.abs(close - open));
    }
  }
}

/** The numbers beside the pane, the newest of them marked. */
export function drawCvdScale(
  context: Context,
  { cvd, frame }: EdgeScene,
  palette: FlowPalette,
): void {
  if (cvd === null || frame.cvd.height === 0) return;
  const { top, height } = frame.cvd;
  line(context, palette.border, frame.plot.width, top + 0.5, frame.size.width);
  context.font = `10px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillStyle = palette.dim;
  const axis = frame.plot.width + frame.profile + 6;
  const lastY = cvd.last === null ? null : heightIn(cvd, height, cvd.last);
  for (const value of ticksOf(cvd)) {
    const y = heightIn(cvd, height, value + cvd.zero);
    if (y < 7 || y > height - 7 || (lastY !== null && Math.abs(y - lastY) < 13)) continue;
    context.fillText(formatSize(value), axis, top + y);
  }
  if (cvd.last === null || lastY === null) return;
  const held = Math.min(height - 8, Math.max(8, lastY));
  context.fillStyle = sideColour(palette, cvd.last >= cvd.zero);
  context.fillRect(axis - 5, top + held - 7.5, frame.axis - 1, 15);
  context.fillStyle = palette.panel;
  context.fillText(formatSize(cvd.last - cvd.zero), axis, top + held + 0.5);
}

/** Names of the lines, and their colours. */
export function cvdLegend(
  buckets: number,
  palette: FlowPalette,
): { name: string; colour: string }[] {
  const colours = bucketColours(palette);
  const named = Array.from({ length: buckets }, (_, at) => ({
    name: BUCKET_NAMES[at] ?? `${at + 1}`,
    colour: colours[at % colours.length] ?? palette.dim,
  }));
  return [{ name: "CVD", colour: palette.dim }, ...named];
}

/** Round numbers, counted from what is nought, no more than five. */
function ticksOf({ low, high, zero }: CvdScale): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((part) => part * power).find((one) => one >= rough) ?? power;
  const first = Math.ceil((low - zero) / step);
  const count = Math.max(0, Math.floor((high - zero) / step) - first + 1);
  return Array.from({ length: count }, (_, i) => (first + i) * step + 0);
}
