/** All that a chart shows of a state from one view: its three pictures, nothing drawn beyond the edges. */

import type { FlowState } from "../../src/flow/flowState";
import { type BelowScene, belowScene } from "../../src/flow/scene/below";
import { type EdgeScene, edgeScene } from "../../src/flow/scene/edge";
import type { FlowFrame } from "../../src/flow/scene/frame";
import { type PricesScene, pricesScene } from "../../src/flow/scene/prices";
import { placesOf, TimeAxis } from "../../src/flow/scene/timeAxis";
import type { FlowSettings, Wiped } from "../../src/flow/settings";
import type { View } from "../../src/heatmap/view";

export interface Scenes {
  prices: PricesScene;
  below: BelowScene;
  edge: EdgeScene;
}

export const NOT_WIPED: Wiped = { baselineMs: null, clearedMs: Number.NEGATIVE_INFINITY };

export function axisOf(state: FlowState, view: View, frame: FlowFrame): TimeAxis {
  return new TimeAxis(view, frame.plot.width, placesOf(state));
}

export function scenesOf(
  state: FlowState,
  view: View,
  frame: FlowFrame,
  settings: FlowSettings,
  wiped: Wiped = NOT_WIPED,
): Scenes {
  const axis = axisOf(state, view, frame);
  const below = belowScene(state, axis, axis, frame, settings, wiped);
  return {
    prices: pricesScene(state, axis, frame.plot, settings, wiped),
    below,
    edge: edgeScene(state, axis, frame, settings, below.cvd?.scale ?? null),
  };
}
