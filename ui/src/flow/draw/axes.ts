/** The axes of price and time, the last price, and the crosshair. */

import { placesBetween, tickStep, timeStep } from "../../heatmap/ticks";
import { tickAt, yOf } from "../../heatmap/view";
import { formatPrice } from "../../market/prices";
import { formatClock, formatDateTime, type Zone } from "../../market/times";
import type { FlowFrame } from "../scene/frame";
import type { FlowScene } from "../scene/scene";
import type { FlowPalette } from "./palette";

type Context = CanvasRenderingContext2D;

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
export function timePlaces({
  axis,
  view,
  frame,
}: FlowScene): { x: number; ms: number; every: number }[] {
  const { width } = frame.plot;
  if (axis.places !== null) {
    const count = Math.max(1, Math.floor(width / 110));
    return Array.from({ length: count }, (_, i) => {
      const x = ((i + 0.5) * width) / count;
      return { x, ms: axis.msAt(x), every: 1_000 };
    });
  }
  const every = timeStep(view.msPerPx);
  return placesBetween(axis.fromMs, axis.toMs, every).map((ms) => ({ x: axis.x(ms), ms, every }));
}

export function drawGrid(context: Context, scene: FlowScene, palette: FlowPalette): void {
  const { view, frame } = scene;
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  context.beginPath();
  const every = tickStep(view.ticksPerPx, 44);
  for (const tick of placesBetween(tickAt(view, frame.plot.height), view.topTick, every)) {
    const y = Math.round(yOf(view, tick)) + 0.5;
    context.moveTo(0, y);
    context.lineTo(frame.plot.width, y);
  }
  for (const { x } of timePlaces(scene)) {
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, frame.clock.top);
  }
  context.stroke();
}

export function drawAxes(
  context: Context,
  scene: FlowScene,
  palette: FlowPalette,
  writing: Writing,
): void {
  const { view, frame } = scene;
  const { plot, profile, axis, clock, size } = frame;
  const left = plot.width + profile;
  context.fillStyle = palette.panel;
  context.fillRect(left, 0, axis, plot.height);
  context.fillRect(0, clock.top, size.width, clock.height);
  context.strokeStyle = palette.border;
  context.lineWidth = 1;
  context.beginPath();
  for (const x of [plot.width, left]) {
    context.moveTo(x + 0.5, 0);
    context.lineTo(x + 0.5, clock.top);
  }
  context.moveTo(0, clock.top + 0.5);
  context.lineTo(size.width, clock.top + 0.5);
  context.stroke();
  context.font = `11px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillStyle = palette.dim;
  const every = tickStep(view.ticksPerPx, 44);
  for (const tick of placesBetween(tickAt(view, plot.height), view.topTick, every)) {
    const y = yOf(view, tick);
    if (y < 7 || y > plot.height - 7) continue;
    context.fillText(priceText(tick * writing.tick, writing), left + 6, y);
  }
  context.textAlign = "center";
  for (const { x, ms, every: step } of timePlaces(scene)) {
    if (x < 26 || x > plot.width - 26) continue;
    context.fillText(clockText(ms, step, writing.zone), x, clock.top + clock.height / 2 + 1);
  }
  drawLast(context, scene, palette, writing);
}

function drawLast(
  context: Context,
  scene: FlowScene,
  palette: FlowPalette,
  writing: Writing,
): void {
  const { last, frame } = scene;
  if (last === null || last.y < 0 || last.y > frame.plot.height) return;
  const y = Math.round(last.y);
  context.strokeStyle = palette.last;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.globalAlpha = 0.6;
  context.beginPath();
  context.moveTo(0, y + 0.5);
  context.lineTo(frame.plot.width, y + 0.5);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
  tag(context, priceText(last.tick * writing.tick, writing), frame, y, palette.last, palette);
}

function tag(
  context: Context,
  text: string,
  { plot, profile, axis }: FlowFrame,
  y: number,
  ground: string,
  palette: FlowPalette,
): void {
  const x = plot.width + profile;
  context.fillStyle = ground;
  context.fillRect(x + 1, y - 8, axis - 1, 16);
  context.fillStyle = palette.panel;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, x + 6, y + 0.5);
}

/** A crosshair, by hand or where another chart points. */
export interface Cross {
  x: number;
  /** Null: only the time is pointed at. */
  y: number | null;
}

export function drawCross(
  context: Context,
  scene: FlowScene,
  cross: Cross,
  palette: FlowPalette,
  writing: Writing,
): void {
  const { frame, axis, view } = scene;
  const { plot, clock } = frame;
  const { x, y } = cross;
  context.strokeStyle = palette.dim;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  if (x <= plot.width) {
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, clock.top);
  }
  if (y !== null && y < plot.height) {
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(plot.width + frame.profile, Math.round(y) + 0.5);
  }
  context.stroke();
  context.setLineDash([]);
  context.font = `11px ${palette.font}`;
  if (y !== null && y < plot.height) {
    const price = Math.round(tickAt(view, y)) * writing.tick;
    tag(context, priceText(price, writing), frame, y, palette.text, palette);
  }
  if (x > plot.width) return;
  const half = 34;
  const middle = Math.min(plot.width - half, Math.max(half, x));
  context.fillStyle = palette.text;
  context.fillRect(middle - half, clock.top + 1, 2 * half, clock.height - 2);
  context.fillStyle = palette.panel;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(timeText(axis.msAt(x), writing.zone), middle, clock.top + clock.height / 2 + 1);
}
