/** What lies at a place of the chart. */

import { tickAt } from "../heatmap/view";
import type { FlowBar } from "./bar";
import type { BubbleItem } from "./flowState";
import type { Mark } from "./marks";
import { markAt } from "./scene/marks";
import type { PricesScene } from "./scene/prices";
import { axisSeen, type Sight } from "./sight";
import type { AbsorptionZone } from "./wire";

export interface Found {
  x: number;
  y: number;
  ms: number;
  /** Of the price, rounded; null beside the prices. */
  tick: number | null;
  bar: FlowBar | null;
  bubble: BubbleItem | null;
  mark: Mark | null;
  /** How many signals of its kind share its place. */
  marks: number;
  zone: AbsorptionZone | null;
}

/** What was drawn of the prices, and where in it the place lies. */
export interface Drawn {
  scene: PricesScene;
  x: number;
  y: number;
}

export function findAt(
  sight: Sight,
  { scene, x: ownX, y: ownY }: Drawn,
  bubbleAt: (x: number, y: number) => BubbleItem | null,
  x: number,
  y: number,
): Found | null {
  const { frame, view } = sight;
  if (x < 0 || y < 0 || x > frame.size.width || y > frame.clock.top) return null;
  const isPlot = x <= frame.plot.width && y <= frame.plot.height;
  const candle =
    x > frame.plot.width
      ? undefined
      : scene.bars.candles.findLast((one) => one.x <= ownX && ownX <= one.x + one.width + 1);
  const zone = scene.zones.find(
    (one) => ownX >= one.x && ownX <= one.right && Math.abs(ownY - one.y) <= one.height / 2 + 1,
  );
  const sign = isPlot ? markAt(scene.marks, ownX, ownY) : null;
  return {
    x,
    y,
    ms: axisSeen(sight).msAt(x),
    tick: y <= frame.plot.height ? Math.round(tickAt(view, y)) : null,
    bar: candle?.bar ?? null,
    bubble: isPlot ? bubbleAt(x, y) : null,
    mark: sign?.mark ?? null,
    marks: sign?.count ?? 0,
    zone: isPlot ? (zone?.zone ?? null) : null,
  };
}
