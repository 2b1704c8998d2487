/** The names of levels and zones at the right edge, on a canvas of their own: over the bubbles, which lie over the bars. */

import type { EdgeScene } from "../scene/edge";
import { LABEL_HEIGHT } from "../scene/levels";
import type { Context } from "./context";
import { levelColour, zoneColour } from "./overlays";
import type { FlowPalette } from "./palette";

/** Width of that canvas: of the longest name, and some. */
export const NAMES_PX = 84;

export function drawNames(context: Context, scene: EdgeScene, palette: FlowPalette): void {
  context.clearRect(0, 0, NAMES_PX, scene.frame.plot.height);
  context.font = `10px ${palette.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { text, y, labelY, of } of scene.names) {
    const width = Math.ceil(context.measureText(text).width);
    context.globalAlpha = 0.9;
    context.fillStyle = palette.panel;
    context.fillRect(NAMES_PX - width - 8, labelY - LABEL_HEIGHT / 2, width + 7, LABEL_HEIGHT);
    context.globalAlpha = 1;
    context.fillStyle =
      "level" in of ? levelColour(of.level, palette) : zoneColour(of.zone, palette);
    context.fillText(text, NAMES_PX - 4, labelY + 0.5);
    if (Math.abs(labelY - y) < 2) continue;
    context.fillRect(NAMES_PX - 2, Math.min(y, labelY), 1.5, Math.abs(labelY - y));
  }
}
