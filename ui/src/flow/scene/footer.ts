/** Below each bar: what traded in it, who came for it, and the CVD of the session at its end. */

import { CVD, type FlowState } from "../flowState";
import { type Candle, isSeen } from "./bars";
import type { TimeAxis } from "./timeAxis";

export interface FooterCell {
  x: number;
  width: number;
  volume: number;
  delta: number;
  /** Null before the CVD is known. */
  cumulative: number | null;
}

export interface Footer {
  cells: FooterCell[];
  mostVolume: number;
  mostDelta: number;
  /** Whether there is room for the numbers; else their strength alone is shown. */
  isWritten: boolean;
}

const NARROWEST_PX = 34;

export function footerOf(
  state: Pick<FlowState, "cvd" | "nowMs">,
  candles: readonly Candle[],
  seen: TimeAxis,
): Footer {
  const cells = candles.map(({ x, width, volume, delta, toMs }) => ({
    x,
    width,
    volume,
    delta,
    cumulative: state.cvd.standingAt(Math.min(toMs, state.nowMs ?? toMs), CVD.value),
  }));
  const inSight = candles.filter((candle) => isSeen(candle, seen));
  return {
    cells,
    mostVolume: inSight.reduce((most, { volume }) => Math.max(most, volume), 1),
    mostDelta: inSight.reduce((most, { delta }) => Math.max(most, Math.abs(delta)), 1),
    isWritten: inSight.every(({ width }) => width >= NARROWEST_PX),
  };
}
