/** A chart on which places can be reckoned in the head: a second a pixel, ten pixels a tick. */

import type { FlowState } from "../../src/flow/flowState";
import { frameFor } from "../../src/flow/scene/frame";
import { TimeAxis } from "../../src/flow/scene/timeAxis";
import { DEFAULTS, type FlowSettings } from "../../src/flow/settings";
import type { View } from "../../src/heatmap/view";
import { ns, START_MS, SYMBOL, TICK } from "./messages";
import { type Scenes, scenesOf, stateOf } from "./scenes";

/** The lowest tick of a plot of 600 pixels. */
export const BASE = 24_000;
export const TOP = BASE + 60;
export const WIDTH = 1_000;

/** Where a second of the chart is: so many pixels from the left. */
export const second = (s: number): number => START_MS + s * 1_000;
export const at = (s: number) => ({
  symbol: SYMBOL,
  timestamp: second(s),
  tsNs: ns(second(s)),
});
export const priceOf = (tick: number): number => tick * TICK;
export const y = (tick: number): number => (TOP - tick) * 10;

export const VIEW: View = {
  endMs: second(WIDTH),
  msPerPx: 1_000,
  topTick: TOP,
  ticksPerPx: 0.1,
};
export const AXIS = new TimeAxis(VIEW, WIDTH, null);

/** What is known at second 800. */
export function stateAt800(...messages: readonly unknown[]): FlowState {
  const state = stateOf(messages);
  state.tell(ns(second(800)));
  return state;
}

/** The pictures of a chart whose plot is as wide as that, and 600 high. */
export function plainScenes(state: FlowState, change: Partial<FlowSettings> = {}): Scenes {
  const settings = { ...DEFAULTS, ...change };
  const around = frameFor({ width: WIDTH, height: 900 }, settings);
  const size = {
    width: WIDTH + around.profile + around.axis,
    height: 900 + 600 - around.plot.height,
  };
  const frame = { ...frameFor(size, settings), plot: { width: WIDTH, height: 600 } };
  return scenesOf(state, VIEW, frame, settings);
}
