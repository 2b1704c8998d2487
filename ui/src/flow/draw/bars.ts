/** Candles and footprints. What has one colour is drawn together: a change of colour costs more than a rectangle. */

import type { BarsScene, Candle, Footprint } from "../scene/bars";
import { shortNumber } from "../scene/bars";
import type { PricesScene } from "../scene/prices";
import { type Context, fillWhole } from "./context";
import type { FlowPalette } from "./palette";

export function drawBars(context: Context, scene: PricesScene, palette: FlowPalette): void {
  const { bars } = scene;
  if (bars.detail === "candles") drawCandles(context, scene, palette, bars.candles, null);
  else {
    drawGrounds(context, bars, palette);
    drawCandles(context, scene, palette, bars.candles, 5);
    if (bars.detail === "cells") drawNumbers(context, bars, palette);
    drawFrames(context, bars, palette);
  }
}

function drawCandles(
  context: Context,
  { view, isBelow }: PricesScene,
  palette: FlowPalette,
  candles: readonly Candle[],
  slimPx: number | null,
): void {
  const yOf = (tick: number) => (view.topTick - tick) / view.ticksPerPx;
  for (const isUp of [true, false]) {
    context.fillStyle = isUp ? palette.buy : palette.sell;
    for (const { x, width, open, high, low, close } of candles) {
      if (close >= open !== isUp) continue;
      const gap = width >= 4 ? Math.max(1, width * 0.18) : 0;
      const body = slimPx ?? Math.max(1, width - gap);
      const left = slimPx === null ? x + gap / 2 : x + 2;
      const [top, bottom] = [yOf(high), yOf(low)];
      const line = slimPx === null && width < 3 ? body : 1;
      fillWhole(context, left + (body - line) / 2, top, line, bottom - top);
      const upper = yOf(Math.max(open, close));
      // Wide bodies step back behind the bubbles that lie on them.
      context.globalAlpha = isBelow && body > 6 ? 0.55 : 1;
      if (body >= 2) fillWhole(context, left, upper, body, yOf(Math.min(open, close)) - upper);
      context.globalAlpha = 1;
    }
  }
}

/** Bars of volume behind the numbers, or instead of them. */
function drawGrounds(context: Context, bars: BarsScene, palette: FlowPalette): void {
  const height = Math.max(1, bars.rowHeight - (bars.rowHeight > 4 ? 1 : 0));
  const isShape = bars.detail === "profile" || bars.cells === "profile";
  context.globalAlpha = isShape ? 0.75 : 0.28;
  for (const isBuy of [false, true]) {
    context.fillStyle = isBuy ? palette.buy : palette.sell;
    for (const footprint of bars.footprints) {
      for (const row of footprint.rows) {
        const rect = groundOf(bars, footprint, row, isBuy, isShape);
        if (rect !== null) fillWhole(context, rect[0], row.y - height / 2, rect[1], height);
      }
    }
  }
  if (!isShape && bars.cells === "volume") {
    context.fillStyle = palette.dim;
    for (const { rows, x, width, most } of bars.footprints) {
      for (const { y, volume } of rows) {
        fillWhole(context, x, y - height / 2, (volume / most) * width, height);
      }
    }
  }
  context.globalAlpha = 1;
}

/** Left edge and width of what one side has of a row; null: nothing. */
function groundOf(
  { cells }: BarsScene,
  { x, width, most }: Footprint,
  { bid, ask, volume }: Footprint["rows"][number],
  isBuy: boolean,
  isShape: boolean,
): [number, number] | null {
  const own = isBuy ? ask : bid;
  if (isShape) {
    const length = (own / most) * width;
    return own === 0 ? null : [isBuy ? x + (bid / most) * width : x, length];
  }
  if (cells === "delta") {
    const delta = ask - bid;
    if (delta === 0 || delta > 0 !== isBuy) return null;
    return [x, (Math.abs(delta) / most) * width];
  }
  if (cells === "volume" || volume === 0 || own === 0) return null;
  const half = width / 2;
  const length = Math.min(half, (own / most) * half * 1.5);
  return isBuy ? [x + half, length] : [x + half - length, length];
}

function drawNumbers(context: Context, bars: BarsScene, palette: FlowPalette): void {
  const { font, cells } = bars;
  context.textBaseline = "middle";
  context.font = `${font.toFixed(1)}px ${palette.mono}`;
  if (cells === "bidask") {
    drawSide(context, bars, palette, false);
    drawSide(context, bars, palette, true);
    return;
  }
  context.textAlign = "center";
  context.fillStyle = palette.text;
  for (const { rows, x, width } of bars.footprints) {
    for (const { y, bid, ask, volume } of rows) {
      context.fillText(shortNumber(cells === "delta" ? ask - bid : volume), x + width / 2, y);
    }
  }
}

/** Sold into the bid left of the middle, bought at the ask right of it; imbalances in their colour. */
function drawSide(context: Context, bars: BarsScene, palette: FlowPalette, isBuy: boolean): void {
  context.textAlign = isBuy ? "left" : "right";
  const gap = Math.max(2, bars.font * 0.35) * (isBuy ? 1 : -1);
  for (const isImbalance of [false, true]) {
    context.fillStyle = isImbalance ? (isBuy ? palette.buy : palette.sell) : palette.text;
    if (isImbalance) context.font = `bold ${bars.font.toFixed(1)}px ${palette.mono}`;
    for (const { rows, x, width } of bars.footprints) {
      for (const row of rows) {
        if ((isBuy ? row.isBuyImbalance : row.isSellImbalance) !== isImbalance) continue;
        context.fillText(shortNumber(isBuy ? row.ask : row.bid), x + width / 2 + gap, row.y);
      }
    }
  }
  context.font = `${bars.font.toFixed(1)}px ${palette.mono}`;
}

/** What stands out: the point of control, imbalances above each other, ends of the bar that were left unfinished. */
function drawFrames(context: Context, bars: BarsScene, palette: FlowPalette): void {
  const height = bars.rowHeight;
  context.lineWidth = 1;
  if (height >= 4) {
    context.strokeStyle = palette.poc;
    for (const { rows, x, width } of bars.footprints) {
      for (const row of rows) {
        if (row.isPoc) context.strokeRect(x + 0.5, row.y - height / 2 + 0.5, width - 1, height - 1);
      }
    }
  }
  context.lineWidth = 1.5;
  for (const { stacked, x, width } of bars.footprints) {
    for (const { top, bottom, side } of stacked) {
      const isBuy = side === "buy";
      context.strokeStyle = isBuy ? palette.buy : palette.sell;
      const half = bars.cells === "bidask" && bars.detail === "cells" ? width / 2 : width;
      const left = isBuy ? x + width - half : x;
      context.strokeRect(left + 0.75, top + 0.75, half - 1.5, bottom - top - 1.5);
    }
  }
  if (bars.detail !== "cells") return;
  context.fillStyle = palette.warn;
  for (const { rows, x, width, candle } of bars.footprints) {
    const [lowest, highest] = [rows[0], rows[rows.length - 1]];
    const { unfinished } = candle.bar;
    if (unfinished.low && lowest !== undefined) {
      context.fillRect(x, lowest.y + height / 2 + 1, width, 1.5);
    }
    if (unfinished.high && highest !== undefined) {
      context.fillRect(x, highest.y - height / 2 - 2.5, width, 1.5);
    }
  }
}
