/** The pane of the cumulative volume delta. */

import { formatSize } from "../../market/prices";
import type { CvdScene } from "../scene/cvd";
import type { FlowScene } from "../scene/scene";
import { fillWhole } from "./context";
import { line } from "./footer";
import { drawSegments } from "./overlays";
import { type FlowPalette, sideColour } from "./palette";
import { strokeLine } from "./profile";

type Context = CanvasRenderingContext2D;

const MANY_POINTS = 800;
const BUCKET_NAMES = ["small", "medium", "large", "larger", "largest"];

export function drawCvd(context: Context, scene: FlowScene, palette: FlowPalette): void {
  const { cvd, frame } = scene;
  if (cvd === null) return;
  const { top, height } = frame.cvd;
  const { width } = frame.plot;
  context.fillStyle = palette.panel;
  context.fillRect(0, top, frame.size.width, height);
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
  drawScale(context, cvd, scene, palette);
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

function drawScale(context: Context, cvd: CvdScene, scene: FlowScene, palette: FlowPalette): void {
  const { frame } = scene;
  const { top, height } = frame.cvd;
  const left = frame.plot.width;
  line(context, palette.border, 0, top + 0.5, frame.size.width);
  context.font = `10px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  // Whatever is drawn there goes on behind its name.
  context.globalAlpha = 0.85;
  context.fillStyle = palette.panel;
  context.fillRect(3, top + 2, 27, 14);
  context.globalAlpha = 1;
  context.fillStyle = palette.dim;
  context.fillText("CVD", 6, top + 9);
  if (cvd.buckets.length > 0) {
    const colours = bucketColours(palette);
    let x = 34;
    for (const at of cvd.buckets.keys()) {
      const name = BUCKET_NAMES[at] ?? `${at + 1}`;
      context.fillStyle = colours[at % colours.length] ?? palette.dim;
      context.fillText(name, x, top + 9);
      x += context.measureText(name).width + 8;
    }
    context.fillStyle = palette.dim;
  }
  const axis = left + frame.profile + 6;
  const lastY = cvd.last === null ? null : heightOf(cvd, height, cvd.last);
  for (const value of ticksOf(cvd)) {
    const y = heightOf(cvd, height, value + cvd.zero);
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

function heightOf({ low, high }: CvdScene, height: number, value: number): number {
  return ((high - value) / (high - low)) * height;
}

/** Round numbers, counted from what is nought, no more than five. */
function ticksOf({ low, high, zero }: CvdScene): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((part) => part * power).find((one) => one >= rough) ?? power;
  const first = Math.ceil((low - zero) / step);
  const count = Math.max(0, Math.floor((high - zero) / step) - first + 1);
  return Array.from({ length: count }, (_, i) => (first + i) * step + 0);
}
