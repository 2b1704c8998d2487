/** Draw what stands below the prices: names of sessions at their foot, rows below the bars, the CVD, the clock. */

import { type BelowScene, NAMES_OF_HOURS } from "../scene/below";
import { drawClock, drawTimes, type Writing } from "./axes";
import type { Context } from "./context";
import { drawCvd } from "./cvd";
import { drawFooter } from "./footer";
import { drawHourNames } from "./hours";
import type { FlowPalette } from "./palette";

export function drawBelow(
  context: Context,
  scene: BelowScene,
  palette: FlowPalette,
  writing: Writing,
): void {
  const { frame, axis, hours } = scene;
  const below = { top: NAMES_OF_HOURS, height: frame.clock.top - NAMES_OF_HOURS };
  context.fillStyle = palette.panel;
  context.fillRect(0, below.top, frame.width, below.height);
  drawTimes(context, { axis, seenWidth: frame.seenWidth }, below, palette);
  drawHourNames(context, hours, NAMES_OF_HOURS, palette);
  drawFooter(context, scene, palette);
  drawCvd(context, scene, palette);
  drawClock(context, scene, palette, writing);
}
