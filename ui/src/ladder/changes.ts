/**
 * What of the ladder looks otherwise than it was drawn last: in a busy book a few rows near the best prices, and the
 * cumulative depth of many. Told by what each row shows, so nothing that changes can be forgotten by whoever changed it.
 */

import type { BookSideLetter } from "../book/wire";
import { barOf, depthOf, lastRow, type Scene, shortSize } from "./scene";
import { cutsOf, LEAST_CUT_PX } from "./segments";
import { rowsSeen } from "./viewport";

export interface Changes {
  /** The ground, the titles and every row. */
  isAll: boolean;
  rows: number[];
  /** Rows of which only the cumulative depth changed. */
  cumulative: Record<BookSideLetter, number[]>;
}

export class LadderChanges {
  private frame = "";
  private colours: unknown = null;
  private readonly rows = new Map<number, string>();
  private readonly sums = { B: new Map<number, string>(), A: new Map<number, string>() };

  /** Nothing that was drawn is there any more. */
  clear(): void {
    this.frame = "";
  }

  /** What has to be drawn, which then counts as drawn. */
  next(scene: Scene, colours: unknown): Changes {
    const frame = frameOf(scene);
    // A segment that is marked may lie in any row, and moves with the pointer.
    const isMarked = scene.hovered !== null || scene.followedId !== null;
    const isAll = frame !== this.frame || colours !== this.colours || isMarked;
    if (isAll) this.forget();
    this.frame = isMarked ? "" : frame;
    this.colours = colours;
    const { highest, lowest } = rowsSeen(scene.view);
    const changes: Changes = { isAll, rows: [], cumulative: { B: [], A: [] } };
    for (let row = highest; row >= lowest; row -= 1) {
      const isOther = put(this.rows, row, rowText(scene, row));
      if (isOther) changes.rows.push(row);
      for (const side of ["B", "A"] as const) {
        const sum = depthOf(scene, side, row)?.cumulative ?? 0;
        if (put(this.sums[side], row, shortSize(sum)) && !isOther)
          changes.cumulative[side].push(row);
      }
    }
    return changes;
  }

  private forget(): void {
    this.rows.clear();
    this.sums.B.clear();
    this.sums.A.clear();
  }
}

/** Whether the text is another than before. */
function put(texts: Map<number, string>, row: number, text: string): boolean {
  if (texts.get(row) === text) return false;
  texts.set(row, text);
  return true;
}

function frameOf({ columns, view, step, tick, scale, mostVolume }: Scene): string {
  const places = columns.map(({ name, side, x, width }) => `${name}${side}${x},${width}`);
  const { centre, rowPx, topPx, heightPx } = view;
  return [centre, rowPx, topPx, heightPx, step, tick, scale, mostVolume, ...places].join(" ");
}

/** Everything that a row shows, but for its cumulative depth. */
function rowText(scene: Scene, row: number): string {
  const { bestBid, bestAsk } = scene.depth;
  const volume = scene.volume.get(row);
  // Where the best prices are tells the colour of the price, the ground of the spread and the lines beside it.
  const places = [bestBid, bestAsk].map((best) =>
    best === null ? "" : Math.max(-2, Math.min(2, row - best)),
  );
  const { last } = scene;
  const traded =
    last !== null && lastRow(scene, last) === row ? [last.price, last.size, last.side] : [];
  return [
    ...places,
    volume?.sold,
    volume?.bought,
    volume?.neither,
    ...traded,
    sideText(scene, "B", row),
    sideText(scene, "A", row),
  ].join(" ");
}

function sideText(scene: Scene, side: BookSideLetter, row: number): string {
  const depth = depthOf(scene, side, row);
  if (depth === undefined) return "";
  const column = barOf(scene.columns, side);
  const cuts = column === undefined ? [] : cutsOf(depth, column.width / scene.scale, LEAST_CUT_PX);
  const { size, count, added, cancelled } = depth;
  return `${size},${count},${added},${cancelled}:${cuts.join()}`;
}
