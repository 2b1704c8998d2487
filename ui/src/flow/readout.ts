/** What lies at a place of the chart. */

import { tickAt } from "../heatmap/view";
import type { FlowBar } from "./bar";
import type { BubbleItem } from "./flowState";
import type { Mark } from "./marks";
import { markAt } from "./scene/marks";
import type { FlowScene } from "./scene/scene";
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

export function findAt(
  scene: FlowScene,
  bubbleAt: (x: number, y: number) => BubbleItem | null,
  x: number,
  y: number,
): Found | null {
  const { frame, axis, view } = scene;
  if (x < 0 || y < 0 || x > frame.size.width || y > frame.clock.top) return null;
  const isPlot = x <= frame.plot.width && y <= frame.plot.height;
  const candle =
    x > frame.plot.width
      ? undefined
      : scene.bars.candles.findLast((one) => one.x <= x && x <= one.x + one.width + 1);
  const zone = scene.zones.find(
    (one) => x >= one.x && x <= one.right && Math.abs(y - one.y) <= one.height / 2 + 1,
  );
  const sign = isPlot ? markAt(scene.marks, x, y) : null;
  return {
    x,
    y,
    ms: axis.msAt(x),
    tick: y <= frame.plot.height ? Math.round(tickAt(view, y)) : null,
    bar: candle?.bar ?? null,
    bubble: isPlot ? bubbleAt(x, y) : null,
    mark: sign?.mark ?? null,
    marks: sign?.count ?? 0,
    zone: isPlot ? (zone?.zone ?? null) : null,
  };
}
