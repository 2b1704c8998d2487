/** Below each bar: what traded in it, who came for it, and the CVD of the session at its end. */

import { CVD, type FlowState } from "../flowState";
import type { Candle } from "./bars";

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
): Footer {
  const cells = candles.map(({ x, width, volume, delta, toMs }) => ({
    x,
    width,
    volume,
    delta,
    cumulative: state.cvd.standingAt(Math.min(toMs, state.nowMs ?? toMs), CVD.value),
  }));
  return {
    cells,
    mostVolume: cells.reduce((most, cell) => Math.max(most, cell.volume), 1),
    mostDelta: cells.reduce((most, cell) => Math.max(most, Math.abs(cell.delta)), 1),
    isWritten: cells.every(({ width }) => width >= NARROWEST_PX),
  };
}
