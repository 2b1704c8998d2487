/** Where price and CVD disagreed, as lines: from swing to swing, on the prices and in the pane of the CVD. */

import type { Disagreement, FlowState } from "../flowState";
import type { TimeAxis } from "./timeAxis";

export interface Segment {
  x: number;
  y: number;
  toX: number;
  toY: number;
  isUp: boolean;
}

/** `heightsOf` tells how high a line begins and ends. */
export function segmentsOf(
  { disagreements }: Pick<FlowState, "disagreements">,
  axis: TimeAxis,
  heightsOf: (one: Disagreement) => [y: number, toY: number],
): Segment[] {
  return disagreements.items
    .filter(({ ms, fromMs }) => ms >= axis.fromMs && fromMs <= axis.toMs)
    .map((one) => {
      const [y, toY] = heightsOf(one);
      const isUp = one.direction === "bullish";
      return { x: axis.x(one.fromMs), y, toX: axis.x(one.ms), toY, isUp };
    });
}
