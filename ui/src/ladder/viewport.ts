/** Which rows are on the screen, and where. `centre` is the row in the middle of the drawing; it may be a fraction. */

export interface Viewport {
  centre: number;
  rowPx: number;
  /** Below the column titles. */
  topPx: number;
  heightPx: number;
}

/** Share of the rows around the middle in which the market may move without the ladder following. */
const DEAD_ZONE = 0.5;

export function yOfRow(view: Viewport, row: number): number {
  const middle = view.topPx + view.heightPx / 2;
  return middle + (view.centre - row - 0.5) * view.rowPx;
}

export function rowAtY(view: Viewport, y: number): number {
  const middle = view.topPx + view.heightPx / 2;
  return Math.round(view.centre - (y - middle) / view.rowPx);
}

/** The rows that are at least partly seen, highest and lowest. */
export function rowsSeen(view: Viewport): { highest: number; lowest: number } {
  return {
    highest: rowAtY(view, view.topPx),
    lowest: rowAtY(view, view.topPx + view.heightPx - 0.001),
  };
}

/** Where the centre belongs: it stays until the market leaves the dead zone, then stands on the market. */
export function recentred(view: Viewport, market: number): number {
  const rows = view.heightPx / view.rowPx;
  const isFar = Math.abs(market - view.centre) > (rows * DEAD_ZONE) / 2;
  return isFar ? Math.round(market) : view.centre;
}
