/** Draws what changed of a scene of the ladder, row by row, from the back to the front. */

import type { BookSideLetter } from "../book/wire";
import type { PageColours } from "../drawing/colours";
import type { Changes } from "./changes";
import type { Column } from "./columns";
import { drawBars } from "./drawBars";
import { briefSize, depthOf, lastRow, priceText, type Scene, shortSize } from "./scene";
import { type Viewport, yOfRow } from "./viewport";

export const TITLE_PX = 20;
export const FONT_PX = 11.5;
const TITLE_FONT_PX = 10.5;
/** Two figures share the column of what was added and cancelled. */
const PAIR_FONT_PX = 10;
const PAD = 5;

type Canvas = CanvasRenderingContext2D;

const TITLES: Record<Column["name"], string> = {
  volume: "Vol",
  cumulative: "Σ",
  pulling: "+  −",
  count: "#",
  size: "Size",
  bar: "",
  price: "Price",
};

export function fontOf(palette: PageColours, weight = 400, px = FONT_PX): string {
  return `${weight} ${px}px ${palette.mono}`;
}

export function draw(
  context: Canvas,
  scene: Scene,
  palette: PageColours,
  width: number,
  { isAll, rows, cumulative }: Changes,
): void {
  const { view } = scene;
  if (isAll) {
    context.fillStyle = palette.panel;
    context.fillRect(0, 0, width, view.topPx + view.heightPx);
    drawTitles(context, scene, palette, width);
  }
  context.save();
  context.beginPath();
  context.rect(0, view.topPx, width, view.heightPx);
  context.clip();
  drawGrounds(context, scene, palette, width, rows);
  drawVolume(context, scene, palette, rows);
  drawBars(context, scene, palette, rows);
  drawPrices(context, scene, palette, rows);
  for (const side of ["B", "A"] as const) {
    drawFigures(context, scene, palette, side, rows);
    redrawCumulative(context, scene, palette, side, cumulative[side]);
  }
  if (scene.last !== null && rows.includes(lastRow(scene, scene.last))) {
    drawLast(context, scene, palette);
  }
  context.restore();
}

/** Upper edge of a row and of the one below it, in whole pixels: no row is seen in another. */
function edgesOf(view: Viewport, row: number): [number, number] {
  const top = yOfRow(view, row);
  return [Math.round(top), Math.round(top + view.rowPx)];
}

/** The ground of each row, of its price and of the spread, and the line below it. */
function drawGrounds(
  context: Canvas,
  scene: Scene,
  palette: PageColours,
  width: number,
  rows: readonly number[],
): void {
  const { view, depth, columns } = scene;
  const price = columns.find((column) => column.name === "price");
  const { bestBid, bestAsk } = depth;
  for (const row of rows) {
    const [top, bottom] = edgesOf(view, row);
    const isSpread = bestBid !== null && bestAsk !== null && row > bestBid && row < bestAsk;
    context.fillStyle = isSpread ? palette.raised : palette.panel;
    context.fillRect(0, top, width, bottom - top);
    if (price !== undefined && !isSpread) {
      context.fillStyle = palette.raised;
      context.fillRect(price.x, top, price.width, bottom - top);
    }
    const isEdge = (bestBid !== null && row === bestBid + 1) || row === bestAsk;
    context.fillStyle = isEdge ? palette.border : palette.grid;
    context.fillRect(0, bottom - 1, width, 1);
  }
}

function drawVolume(
  context: Canvas,
  scene: Scene,
  palette: PageColours,
  rows: readonly number[],
): void {
  const column = scene.columns.find(({ name }) => name === "volume");
  if (column === undefined) return;
  const { view, mostVolume } = scene;
  context.font = fontOf(palette);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const row of rows) {
    const volume = scene.volume.get(row);
    if (volume === undefined) continue;
    const y = Math.round(yOfRow(view, row)) + 1;
    const height = Math.round(view.rowPx) - 3;
    let x = column.x;
    const part = (size: number, colour: string) => {
      const px = (size / mostVolume) * (column.width - 2);
      context.fillStyle = colour;
      context.fillRect(x, y, px, height);
      x += px;
    };
    context.globalAlpha = 0.55;
    part(volume.sold, palette.sellSoft);
    part(volume.bought, palette.buySoft);
    part(volume.neither, palette.border);
    context.globalAlpha = 1;
    context.fillStyle = palette.text;
    context.fillText(shortSize(volume.total), column.x + column.width - PAD, y + height / 2 + 0.5);
  }
}

function drawPrices(
  context: Canvas,
  scene: Scene,
  palette: PageColours,
  rows: readonly number[],
): void {
  const column = scene.columns.find(({ name }) => name === "price");
  if (column === undefined) return;
  const { view, depth } = scene;
  const middle = column.x + column.width / 2;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const row of rows) {
    const isBest = row === depth.bestBid || row === depth.bestAsk;
    const isBid = depth.bestBid !== null && row <= depth.bestBid;
    const isAsk = depth.bestAsk !== null && row >= depth.bestAsk;
    context.font = fontOf(palette, isBest ? 700 : 400);
    // In a crossed book a row may be both: neither colour would be true.
    context.fillStyle = isBid === isAsk ? palette.dim : isBid ? palette.buy : palette.sell;
    const text = priceText(row * scene.step, scene.tick);
    context.fillText(text, middle, yOfRow(view, row) + view.rowPx / 2 + 0.5);
  }
}

/** Size, count, cumulative depth, added and cancelled. */
function drawFigures(
  context: Canvas,
  scene: Scene,
  palette: PageColours,
  side: BookSideLetter,
  rows: readonly number[],
): void {
  for (const column of scene.columns) {
    if (column.side !== side || column.name === "bar") continue;
    drawColumn(context, scene, palette, side, column, rows);
  }
}

function drawColumn(
  context: Canvas,
  scene: Scene,
  palette: PageColours,
  side: BookSideLetter,
  column: Column,
  rows: readonly number[],
): void {
  const best = side === "B" ? scene.depth.bestBid : scene.depth.bestAsk;
  const { view } = scene;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const right = column.x + column.width - PAD;
  for (const row of rows) {
    const depth = depthOf(scene, side, row);
    if (depth === undefined) continue;
    const y = yOfRow(view, row) + view.rowPx / 2 + 0.5;
    context.fillStyle = palette.dim;
    if (column.name === "size") {
      context.font = fontOf(palette, row === best ? 700 : 400);
      context.fillStyle = palette.text;
      context.fillText(shortSize(depth.size), right, y);
      continue;
    }
    context.font = fontOf(palette);
    if (column.name === "count") context.fillText(shortSize(depth.count), right, y);
    else if (column.name === "cumulative") {
      context.fillText(shortSize(depth.cumulative), right, y);
    } else drawPulling(context, palette, column, y, depth.added, depth.cancelled);
  }
}

/** Where nothing else of a row changed. */
function redrawCumulative(
  context: Canvas,
  scene: Scene,
  palette: PageColours,
  side: BookSideLetter,
  rows: readonly number[],
): void {
  const column = scene.columns.find((one) => one.name === "cumulative" && one.side === side);
  if (column === undefined) return;
  context.fillStyle = palette.panel;
  for (const row of rows) {
    const [top, bottom] = edgesOf(scene.view, row);
    context.fillRect(column.x, top, column.width, bottom - top - 1);
  }
  drawColumn(context, scene, palette, side, column, rows);
}

function drawPulling(
  context: Canvas,
  palette: PageColours,
  column: Column,
  y: number,
  added: number,
  cancelled: number,
): void {
  context.font = fontOf(palette, 400, PAIR_FONT_PX);
  if (added > 0) {
    context.fillStyle = palette.text;
    context.fillText(`+${briefSize(added)}`, column.x + column.width / 2 - 1, y);
  }
  if (cancelled > 0) {
    context.fillStyle = palette.warn;
    context.fillText(`−${briefSize(cancelled)}`, column.x + column.width - 2, y);
  }
}

/** The last trade: its price is filled with the colour of who came for it, its size stands beside. */
function drawLast(context: Canvas, scene: Scene, palette: PageColours): void {
  const { last, view } = scene;
  const column = scene.columns.find(({ name }) => name === "price");
  if (last === null || column === undefined) return;
  const isBuy = last.side === "B";
  const isSell = last.side === "A";
  const row = lastRow(scene, last);
  const y = Math.round(yOfRow(view, row));
  if (y + view.rowPx < view.topPx || y > view.topPx + view.heightPx) return;
  const height = Math.round(view.rowPx) - 1;
  const ink = y + view.rowPx / 2 + 0.5;
  context.textBaseline = "middle";
  context.fillStyle = isBuy ? palette.buy : isSell ? palette.sell : palette.dim;
  context.fillRect(column.x, y, column.width, height);
  context.font = fontOf(palette, 700);
  context.fillStyle = palette.panel;
  context.textAlign = "center";
  context.fillText(priceText(row * scene.step, scene.tick), column.x + column.width / 2, ink);
  const text = shortSize(last.size);
  const px = context.measureText(text).width + 8;
  // Who buys comes from the left, who sells from the right: there his own side is empty.
  const x = isSell ? column.x + column.width : column.x - px;
  context.fillStyle = palette.raised;
  context.fillRect(x, y, px, height);
  context.fillStyle = isBuy ? palette.buy : isSell ? palette.sell : palette.text;
  context.fillText(text, x + px / 2, ink);
}

function drawTitles(context: Canvas, scene: Scene, palette: PageColours, width: number): void {
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, width, TITLE_PX);
  context.fillStyle = palette.border;
  context.fillRect(0, TITLE_PX - 1, width, 1);
  context.font = `400 ${TITLE_FONT_PX}px ${palette.mono}`;
  context.fillStyle = palette.dim;
  context.textBaseline = "middle";
  for (const { name, side, x, width: px } of scene.columns) {
    const y = TITLE_PX / 2;
    if (name === "bar") {
      context.textAlign = side === "B" ? "right" : "left";
      context.fillText(side === "B" ? "Bid" : "Ask", side === "B" ? x + px - PAD : x + PAD, y);
      continue;
    }
    const isCentred = name === "price" || name === "pulling";
    context.textAlign = isCentred ? "center" : "right";
    context.fillText(TITLES[name], isCentred ? x + px / 2 : x + px - PAD, y);
  }
}
