/** The axes of price and time: their lines, their words, the tag of the last price. */

import { placesBetween, tickStep, timeStep } from "../../heatmap/ticks";
import { tickAt, type View, yOf } from "../../heatmap/view";
import { formatPrice } from "../../market/prices";
import { formatClock, formatDateTime, type Zone } from "../../market/times";
import type { BelowScene } from "../scene/below";
import type { EdgeScene } from "../scene/edge";
import type { FlowFrame } from "../scene/frame";
import type { PricesScene } from "../scene/prices";
import type { TimeAxis } from "../scene/timeAxis";
import type { Context } from "./context";
import type { FlowPalette } from "./palette";

/** How prices and times are written. */
export interface Writing {
  /** In points. */
  tick: number;
  zone: Zone;
}

const UNITS = 1e9;

export function priceText(points: number, { tick }: Writing): string {
  return formatPrice(BigInt(Math.round(points * UNITS)), BigInt(Math.round(tick * UNITS)));
}

/** Prices between two ticks, as means are: rounded to a tenth of one. */
export function meanText(points: number, writing: Writing): string {
  const step = writing.tick / 10;
  return priceText(Math.round(points / step) * step, writing);
}

export function timeText(ms: number, zone: Zone, decimals = 0): string {
  return formatClock(BigInt(Math.round(ms)) * 1_000_000n, zone, decimals);
}

function clockText(ms: number, every: number, zone: Zone): string {
  const ns = BigInt(Math.round(ms)) * 1_000_000n;
  if (every >= 86_400_000) return formatDateTime(ns, zone).slice(5, 10);
  if (every >= 60_000) return formatClock(ns, zone, 0).slice(0, 5);
  return formatClock(ns, zone, every < 1_000 ? 1 : 0);
}

/** Places of the axis of time: round times, or where bars are not of time, every so many pixels. */
function timePlaces(axis: TimeAxis, seenWidth: number): { x: number; ms: number; every: number }[] {
  const { width, view } = axis;
  if (axis.places !== null) {
    const step = seenWidth / Math.max(1, Math.floor(seenWidth / 110));
    const first = ((width - seenWidth) / 2 + step / 2) % step;
    const count = Math.max(0, Math.ceil((width - first) / step));
    return Array.from({ length: count }, (_, i) => {
      const x = first + i * step;
      return { x, ms: axis.msAt(x), every: 1_000 };
    });
  }
  const every = timeStep(view.msPerPx);
  return placesBetween(axis.fromMs, axis.toMs, every).map((ms) => ({ x: axis.x(ms), ms, every }));
}

/** Round prices that are seen. */
function pricePlaces(view: View, height: number): { tick: number; y: number }[] {
  const every = tickStep(view.ticksPerPx, 44);
  const ticks = placesBetween(tickAt(view, height), view.topTick, every);
  return ticks.map((tick) => ({ tick, y: yOf(view, tick) }));
}

export function drawGrid(context: Context, scene: PricesScene, palette: FlowPalette): void {
  const { view, size, axis, seenWidth } = scene;
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  context.beginPath();
  for (const { y } of pricePlaces(view, size.height)) {
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(size.width, Math.round(y) + 0.5);
  }
  context.stroke();
  drawTimes(context, { axis, seenWidth }, { top: 0, height: size.height }, palette);
}

/** Lines at round times. */
export function drawTimes(
  context: Context,
  { axis, seenWidth }: { axis: TimeAxis; seenWidth: number },
  { top, height }: { top: number; height: number },
  palette: FlowPalette,
): void {
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  context.beginPath();
  for (const { x } of timePlaces(axis, seenWidth)) {
    context.moveTo(Math.round(x) + 0.5, top);
    context.lineTo(Math.round(x) + 0.5, top + height);
  }
  context.stroke();
}

/** The last price across the plot. */
export function drawLast(context: Context, scene: PricesScene, palette: FlowPalette): void {
  const { lastY, size } = scene;
  if (lastY === null || lastY < 0 || lastY > size.height) return;
  const y = Math.round(lastY) + 0.5;
  context.strokeStyle = palette.last;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.globalAlpha = 0.6;
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(size.width, y);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

export function drawClock(
  context: Context,
  { axis, frame }: BelowScene,
  palette: FlowPalette,
  { zone }: Writing,
): void {
  const { top, height } = frame.clock;
  context.fillStyle = palette.panel;
  context.fillRect(0, top, frame.width, height);
  line(context, palette.border, 0, top + 0.5, frame.width);
  context.font = `11px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "center";
  context.fillStyle = palette.dim;
  const left = (frame.width - frame.seenWidth) / 2;
  const edges = [0, left, left + frame.seenWidth, frame.width];
  for (const { x, ms, every } of timePlaces(axis, frame.seenWidth)) {
    // An edge would cut it.
    if (edges.some((edge) => Math.abs(x - edge) < 26)) continue;
    context.fillText(clockText(ms, every, zone), x, top + height / 2 + 1);
  }
}

/** The axis of prices, with the last one marked. */
export function drawPriceAxis(
  context: Context,
  { view, frame, last }: EdgeScene,
  palette: FlowPalette,
  writing: Writing,
): void {
  const { plot, profile, clock, size } = frame;
  const left = plot.width + profile;
  context.strokeStyle = palette.border;
  context.lineWidth = 1;
  context.beginPath();
  for (const x of [plot.width, left]) {
    context.moveTo(x + 0.5, 0);
    context.lineTo(x + 0.5, clock.top);
  }
  context.stroke();
  line(context, palette.border, plot.width, clock.top + 0.5, size.width);
  context.font = `11px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillStyle = palette.dim;
  for (const { tick, y } of pricePlaces(view, plot.height)) {
    if (y < 7 || y > plot.height - 7) continue;
    context.fillText(priceText(tick * writing.tick, writing), left + 6, y);
  }
  if (last === null || last.y < 0 || last.y > plot.height) return;
  tag(context, priceText(last.tick * writing.tick, writing), frame, Math.round(last.y), palette);
}

function tag(
  context: Context,
  text: string,
  { plot, profile, axis }: FlowFrame,
  y: number,
  palette: FlowPalette,
): void {
  const x = plot.width + profile;
  context.fillStyle = palette.last;
  context.fillRect(x + 1, y - 8, axis - 1, 16);
  context.fillStyle = palette.panel;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, x + 6, y + 0.5);
}

export function line(context: Context, colour: string, x: number, y: number, toX: number): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, y);
  context.stroke();
}
