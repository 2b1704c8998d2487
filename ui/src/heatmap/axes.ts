/** What lies over the plot and beside it: axes, the book as it stands, the last price, the crosshair. */

import type { BookState } from "../book/bookState";
import { formatPrice, formatSize } from "../market/prices";
import { formatClock, formatDateTime, type Zone } from "../market/times";
import type { Palette } from "./palette";
import type { Found } from "./readout";
import { placesBetween, tickStep, timeStep } from "./ticks";
import { type Size, tickAt, timeAt, type View, xOf, yOf } from "./view";

export interface Frame {
  /** Of the plot; bars and axes lie beside it. */
  plot: Size;
  bars: number;
  axis: number;
  foot: number;
}

export interface AxesScene {
  view: View;
  frame: Frame;
  palette: Palette;
  /** In units of 1e-9; null: not known, prices are then steps of `tick`. */
  priceTick: bigint | null;
  tick: number;
  zone: Zone;
  book: BookState | null;
  /** In ticks; null: no trade yet. */
  last: number | null;
}

export interface Readout extends Found {
  x: number;
  y: number;
  /** Null: the book as it stands. */
  ms: number | null;
  tick: number;
}

/** Room for axes by how wide the panel is. */
export function frameOf(size: Size): Frame {
  const isNarrow = size.width < 520;
  const bars = isNarrow ? 40 : 76;
  const axis = 64;
  const foot = 22;
  // Whole pixels: a column of a picture that is kept must fall on the same ones when it has moved on.
  const width = Math.max(40, Math.floor(size.width) - bars - axis);
  const height = Math.max(40, Math.floor(size.height) - foot);
  return { plot: { width, height }, bars, axis, foot };
}

function priceText(tick: number, scene: AxesScene): string {
  return formatPrice(BigInt(Math.round(tick * scene.tick)), scene.priceTick ?? BigInt(scene.tick));
}

function timeText(ms: number, every: number, zone: Zone): string {
  const ns = BigInt(Math.round(ms)) * 1_000_000n;
  if (every >= 86_400_000) return formatDateTime(ns, zone).slice(5, 10);
  if (every >= 60_000) return formatClock(ns, zone, 0).slice(0, 5);
  return formatClock(ns, zone, every < 100 ? 2 : every < 1_000 ? 1 : 0);
}

export function drawAxes(context: CanvasRenderingContext2D, scene: AxesScene): void {
  const { frame, palette } = scene;
  const { plot, bars, axis, foot } = frame;
  const { css } = palette;
  const width = plot.width + bars + axis;
  context.clearRect(0, 0, width, plot.height + foot);
  context.fillStyle = css.panel;
  context.fillRect(plot.width, 0, bars + axis, plot.height + foot);
  context.fillRect(0, plot.height, plot.width, foot);
  context.font = `11px ${css.font}`;
  context.textBaseline = "middle";
  drawBook(context, scene);
  drawPrices(context, scene);
  drawTimes(context, scene);
  context.strokeStyle = css.border;
  context.lineWidth = 1;
  context.beginPath();
  for (const x of [plot.width + 0.5, plot.width + bars + 0.5]) {
    context.moveTo(x, 0);
    context.lineTo(x, plot.height);
  }
  context.moveTo(0, plot.height + 0.5);
  context.lineTo(width, plot.height + 0.5);
  context.stroke();
  drawLast(context, scene);
}

function drawPrices(context: CanvasRenderingContext2D, scene: AxesScene): void {
  const { view, frame, palette } = scene;
  const { plot, bars } = frame;
  context.fillStyle = palette.css.dim;
  context.textAlign = "left";
  const every = tickStep(view.ticksPerPx);
  for (const tick of placesBetween(tickAt(view, plot.height), view.topTick, every)) {
    const y = yOf(view, tick);
    if (y < 7 || y > plot.height - 7) continue;
    context.fillText(priceText(tick, scene), plot.width + bars + 6, y);
  }
}

function drawTimes(context: CanvasRenderingContext2D, scene: AxesScene): void {
  const { view, frame, palette, zone } = scene;
  const { plot, foot } = frame;
  context.fillStyle = palette.css.dim;
  context.textAlign = "center";
  const every = timeStep(view.msPerPx);
  for (const ms of placesBetween(timeAt(view, plot.width, 0), view.endMs, every)) {
    const x = xOf(view, plot.width, ms);
    if (x < 26 || x > plot.width - 26) continue;
    context.fillText(timeText(ms, every, zone), x, plot.height + foot / 2 + 1);
  }
}

/** The book as it stands: a bar a price. */
function drawBook(context: CanvasRenderingContext2D, scene: AxesScene): void {
  const { view, frame, palette, book, tick } = scene;
  if (book === null) return;
  const { plot, bars } = frame;
  const rowPx = 1 / view.ticksPerPx;
  const [low, high] = [tickAt(view, plot.height), view.topTick];
  const seen = [book.bids, book.asks].map((levels) =>
    levels.filter(({ price }) => price / tick >= low && price / tick <= high),
  );
  const largest = Math.max(1, ...seen.flat().map((level) => level.size));
  const bar = Math.max(1, Math.min(rowPx - (rowPx > 3 ? 1 : 0), 18));
  const isLabelled = rowPx >= 11;
  context.textAlign = "right";
  for (const [i, levels] of seen.entries()) {
    context.fillStyle = i === 0 ? palette.css.bid : palette.css.ask;
    for (const level of levels) {
      const y = yOf(view, level.price / tick);
      const length = Math.max(1, (level.size / largest) * (bars - 4));
      context.fillRect(plot.width + 1, y - bar / 2, length, bar);
    }
    if (!isLabelled) continue;
    context.fillStyle = palette.css.text;
    for (const level of levels) {
      const y = yOf(view, level.price / tick);
      context.fillText(formatSize(level.size), plot.width + bars - 4, y);
    }
  }
}

function drawLast(context: CanvasRenderingContext2D, scene: AxesScene): void {
  const { last, view, frame, palette } = scene;
  if (last === null) return;
  const { plot, bars, axis } = frame;
  const y = yOf(view, last);
  if (y < 0 || y > plot.height) return;
  context.strokeStyle = palette.css.last;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(0, Math.round(y) + 0.5);
  context.lineTo(plot.width + bars, Math.round(y) + 0.5);
  context.stroke();
  context.setLineDash([]);
  tag(context, priceText(last, scene), plot.width + bars, y, axis, palette.css.last, palette);
}

function tag(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  width: number,
  ground: string,
  { css }: Palette,
): void {
  context.fillStyle = ground;
  context.fillRect(x + 1, y - 8, width - 1, 16);
  context.fillStyle = css.panel;
  context.textAlign = "left";
  context.fillText(text, x + 6, y + 0.5);
}

/** The crosshair, and what lies under it. */
export function drawCrosshair(
  context: CanvasRenderingContext2D,
  scene: AxesScene,
  readout: Readout | null,
): void {
  const { frame, palette, view, zone } = scene;
  const { plot, bars, axis, foot } = frame;
  const { css } = palette;
  context.clearRect(0, 0, plot.width + bars + axis, plot.height + foot);
  if (readout === null) return;
  const { x, y } = readout;
  context.font = `11px ${css.font}`;
  context.textBaseline = "middle";
  context.strokeStyle = css.dim;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, plot.height);
  context.moveTo(0, Math.round(y) + 0.5);
  context.lineTo(plot.width + bars, Math.round(y) + 0.5);
  context.stroke();
  context.setLineDash([]);
  const tick = Math.round(tickAt(view, y));
  tag(context, priceText(tick, scene), plot.width + bars, y, axis, css.text, palette);
  const ms = timeAt(view, plot.width, x);
  const clock = timeText(ms, view.msPerPx < 50 ? 10 : view.msPerPx < 1_000 ? 100 : 1_000, zone);
  const half = 38;
  const middle = Math.min(plot.width - half, Math.max(half, x));
  context.fillStyle = css.text;
  context.fillRect(middle - half, plot.height + 1, 2 * half, foot - 2);
  context.fillStyle = css.panel;
  context.textAlign = "center";
  context.fillText(clock, middle, plot.height + foot / 2 + 1);
}
