/** Draw what stands beside the prices: the profile and the axes. */

import type { EdgeScene } from "../scene/edge";
import { drawPriceAxis, type Writing } from "./axes";
import type { Context } from "./context";
import { drawCvdScale } from "./cvd";
import { drawFooterNames } from "./footer";
import type { FlowPalette } from "./palette";
import { drawProfile } from "./profile";

/** On a canvas that begins at the right edge of the prices. */
export function drawEdge(
  context: Context,
  scene: EdgeScene,
  palette: FlowPalette,
  writing: Writing,
): void {
  const { frame } = scene;
  const { plot, size } = frame;
  context.save();
  context.translate(-plot.width, 0);
  context.fillStyle = palette.panel;
  context.fillRect(plot.width, 0, size.width - plot.width, size.height);
  drawProfile(context, scene, palette);
  drawFooterNames(context, frame, palette);
  drawCvdScale(context, scene, palette);
  drawPriceAxis(context, scene, palette, writing);
  context.restore();
}
