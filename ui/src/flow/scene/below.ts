/** What stands below the prices on the same axis of time: rows below the bars, the CVD, the clock. */

import type { FlowState } from "../flowState";
import type { FlowSettings, Wiped } from "../settings";
import { candlesSeen } from "./bars";
import { type CvdScene, cvdScene } from "./cvd";
import { type Footer, footerOf } from "./footer";
import type { FlowFrame } from "./frame";
import { type HoursScene, hoursScene } from "./hours";
import type { TimeAxis } from "./timeAxis";

/** Height at the foot of the prices where sessions are named. */
export const NAMES_OF_HOURS = 16;

/** Heights from the upper edge of the names of the hours. */
export interface BelowFrame {
  /** Of all that is drawn, and of what is looked at in its middle. */
  width: number;
  seenWidth: number;
  height: number;
  footer: FlowFrame["footer"];
  cvd: FlowFrame["cvd"];
  clock: FlowFrame["clock"];
}

export interface BelowScene {
  frame: BelowFrame;
  axis: TimeAxis;
  footer: Footer | null;
  cvd: CvdScene | null;
  hours: HoursScene | null;
}

export function belowFrame({ plot, footer, cvd, clock }: FlowFrame, width: number): BelowFrame {
  const lowered = ({ top, height }: { top: number; height: number }) => ({
    top: top - plot.height + NAMES_OF_HOURS,
    height,
  });
  return {
    width,
    seenWidth: plot.width,
    height: lowered(clock).top + clock.height,
    footer: lowered(footer),
    cvd: lowered(cvd),
    clock: lowered(clock),
  };
}

/** `axis` is of all that is drawn, `seen` of what is looked at: the CVD is as high as what is seen of it. */
export function belowScene(
  state: FlowState,
  axis: TimeAxis,
  seen: TimeAxis,
  whole: FlowFrame,
  settings: FlowSettings,
  { baselineMs }: Pick<Wiped, "baselineMs">,
): BelowScene {
  const frame = belowFrame(whole, axis.width);
  const candles = candlesSeen(state, axis);
  const { height } = frame.cvd;
  return {
    frame,
    axis,
    footer: frame.footer.height > 0 ? footerOf(state, candles, seen) : null,
    cvd:
      settings.cvd === "off"
        ? null
        : cvdScene(state, { axis, seen }, height, settings, candles, baselineMs),
    hours: settings.hours ? hoursScene(state, axis) : null,
  };
}
