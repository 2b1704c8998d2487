/** What a chart shows of made-up states: its three pictures, nothing drawn beyond the edges. */

import { FlowState } from "../../src/flow/flowState";
import { keptFitting, rangeSeen } from "../../src/flow/following";
import { type BelowScene, belowScene } from "../../src/flow/scene/below";
import { type EdgeScene, edgeScene } from "../../src/flow/scene/edge";
import { type FlowFrame, frameFor } from "../../src/flow/scene/frame";
import { type PricesScene, pricesScene } from "../../src/flow/scene/prices";
import { placesOf, TimeAxis } from "../../src/flow/scene/timeAxis";
import { DEFAULTS, type FlowSettings, type Wiped } from "../../src/flow/settings";
import type { SymbolMessage } from "../../src/flow/wire";
import type { View } from "../../src/heatmap/view";
import { day, SYMBOL, TICK } from "./messages";

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
    prices: pricesScene(state, { axis, seen: axis }, frame.plot, settings, wiped),
    below,
    edge: edgeScene(state, axis, frame, settings, below.cvd?.scale ?? null),
  };
}

export const SIZE = { width: 1_000, height: 600 };

export function stateOf(messages: readonly unknown[]): FlowState {
  const state = new FlowState(SYMBOL, TICK);
  for (const message of messages) state.apply(message as SymbolMessage);
  return state;
}

/** The newest time at the right edge, the prices of what is seen in sight. */
export function fitted(state: FlowState, msPerPx: number, settings: FlowSettings): View {
  const frame = frameFor(SIZE, settings);
  let view: View = { endMs: state.nowMs ?? 0, msPerPx, topTick: 0, ticksPerPx: 1 };
  const range = rangeSeen(state, axisOf(state, view, frame));
  if (range !== null) view = keptFitting(view, frame.plot, range, true);
  return view;
}

export function scenesAt(
  state: FlowState,
  msPerPx: number,
  change: Partial<FlowSettings> = {},
): Scenes {
  const settings = { ...DEFAULTS, ...change };
  return scenesOf(state, fitted(state, msPerPx, settings), frameFor(SIZE, settings), settings);
}

export const full = stateOf(day(400).past);
