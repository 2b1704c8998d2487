/** Where what stands on the chart: pixels from the upper left. */

import type { Size } from "../../heatmap/view";
import type { FlowSettings } from "../settings";

export interface FlowFrame {
  size: Size;
  /** Prices by time; the volume profile and the axis of prices lie right of it. */
  plot: Size;
  profile: number;
  axis: number;
  /** Rows below each footprint bar. */
  footer: { top: number; height: number };
  cvd: { top: number; height: number };
  /** The axis of time, below all. */
  clock: { top: number; height: number };
}

export const FOOTER_ROW = 14;
const CLOCK = 20;
const NARROW_PX = 520;
const LEAST_AXIS = 58;
/** Width of a digit on the axis. */
const LETTER = 6.7;

export function frameFor(
  size: Size,
  settings: Pick<FlowSettings, "bars" | "profile" | "cvd">,
  priceLetters = 8,
): FlowFrame {
  const isNarrow = size.width < NARROW_PX;
  const axis = Math.max(LEAST_AXIS, Math.ceil(12 + priceLetters * LETTER));
  const profile = settings.profile === "off" ? 0 : isNarrow ? 54 : 110;
  const height = Math.max(120, Math.floor(size.height));
  const width = Math.max(60, Math.floor(size.width) - axis - profile);
  const inside = height - CLOCK;
  const footer = settings.bars === "footprint" && inside > 240 ? 3 * FOOTER_ROW : 0;
  const cvd = settings.cvd === "off" ? 0 : Math.round(Math.min(220, Math.max(56, inside * 0.22)));
  const plot = { width, height: inside - footer - cvd };
  return {
    size: { width: width + profile + axis, height },
    plot,
    profile,
    axis,
    footer: { top: plot.height, height: footer },
    cvd: { top: plot.height + footer, height: cvd },
    clock: { top: inside, height: CLOCK },
  };
}
