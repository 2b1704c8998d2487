/** The resting size of each row as a bar, cut into its orders: the front of the queue is next to the price. */

import type { BookSideLetter } from "../book/wire";
import type { PageColours } from "../drawing/colours";
import type { Column } from "./columns";
import { barOf, depthOf, type Scene } from "./scene";
import { cutsOf, LEAST_CUT_PX, type Segment, segmentOf } from "./segments";
import { rowsSeen, yOfRow } from "./viewport";

const LEAST_MARK_PX = 3;
const TORN_PX = 9;

export function drawBars(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: PageColours,
  rows: readonly number[],
): void {
  for (const side of ["B", "A"] as const) {
    const column = barOf(scene.columns, side);
    if (column !== undefined) drawSide(context, scene, palette, side, column, rows);
  }
}

function drawSide(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: PageColours,
  side: BookSideLetter,
  column: Column,
  rows: readonly number[],
): void {
  const { view, depth } = scene;
  const levels = side === "B" ? depth.bids : depth.asks;
  const best = side === "B" ? depth.bestBid : depth.bestAsk;
  const pxPerSize = column.width / scene.scale;
  const inner = side === "B" ? column.x + column.width : column.x;
  const outward = side === "B" ? -1 : 1;
  const height = Math.round(view.rowPx) - 3;
  const cuts: [number, number][] = [];
  const torn: [number, number][] = [];
  for (const row of rows) {
    const here = levels.get(row);
    if (here === undefined) continue;
    const y = Math.round(yOfRow(view, row)) + 1;
    const px = Math.max(1, Math.min(column.width, here.size * pxPerSize));
    const isBest = row === best;
    context.fillStyle = side === "B" ? palette.buySoft : palette.sellSoft;
    if (isBest) context.fillStyle = side === "B" ? palette.buy : palette.sell;
    context.globalAlpha = isBest ? 0.75 : 0.8;
    context.fillRect(outward < 0 ? inner - px : inner, y, px, height);
    for (const cut of cutsOf(here, pxPerSize, LEAST_CUT_PX)) {
      if (cut < px) cuts.push([inner + outward * cut, y]);
    }
    if (here.size > scene.scale) torn.push([inner + outward * (column.width - TORN_PX), y]);
  }
  context.globalAlpha = 1;
  context.fillStyle = palette.panel;
  for (const [x, y] of cuts) context.fillRect(Math.round(x) - 0.5, y, 1, height);
  drawTorn(context, torn, height);
  markOrder(context, scene, side, column, scene.hovered?.orderId ?? null, palette.text);
  markOrder(context, scene, side, column, scene.followedId, palette.accent);
}

/** A bar that is longer than its column: two slanted cuts near its end. */
function drawTorn(
  context: CanvasRenderingContext2D,
  torn: readonly [number, number][],
  height: number,
): void {
  context.beginPath();
  for (const [x, y] of torn) {
    for (const away of [-2, 2]) {
      context.moveTo(x + away - 2, y + height);
      context.lineTo(x + away + 2, y);
    }
  }
  context.lineWidth = 1.5;
  context.strokeStyle = context.fillStyle;
  context.stroke();
}

/** Fill the segment of one order, if it is on the screen. */
function markOrder(
  context: CanvasRenderingContext2D,
  scene: Scene,
  side: BookSideLetter,
  column: Column,
  id: bigint | null,
  colour: string,
): void {
  if (id === null) return;
  const { highest, lowest } = rowsSeen(scene.view);
  for (let row = lowest; row <= highest; row += 1) {
    const depth = depthOf(scene, side, row);
    const segment = depth === undefined ? null : segmentOf(depth, id);
    if (segment === null) continue;
    const { x, px } = placed(segment, side, column, scene.scale);
    context.fillStyle = colour;
    context.fillRect(
      x,
      Math.round(yOfRow(scene.view, row)) + 1,
      px,
      Math.round(scene.view.rowPx) - 3,
    );
    return;
  }
}

/** Where a segment lies in its column. One of an order too far out to be seen stands at the outer edge. */
export function placed(
  segment: Segment,
  side: BookSideLetter,
  column: Column,
  scale: number,
): { x: number; px: number } {
  const px = Math.max(LEAST_MARK_PX, ((segment.to - segment.from) / scale) * column.width);
  const from = Math.min((segment.from / scale) * column.width, column.width - px);
  const width = Math.min(px, column.width);
  const begin = Math.max(0, from);
  const x = side === "B" ? column.x + column.width - begin - width : column.x + begin;
  return { x, px: width };
}
