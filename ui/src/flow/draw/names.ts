/** The names of the levels at the right edge, on a canvas of their own: over the bubbles, which lie over the bars. */

import { LABEL_HEIGHT } from "../scene/levels";
import type { FlowScene } from "../scene/scene";
import { levelColour } from "./overlays";
import type { FlowPalette } from "./palette";

/** Width of that canvas: of the longest name, and some. */
export const NAMES_PX = 84;

export function drawLevelNames(
  context: CanvasRenderingContext2D,
  scene: FlowScene,
  palette: FlowPalette,
): void {
  context.clearRect(0, 0, NAMES_PX, scene.frame.plot.height);
  context.font = `10px ${palette.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const level of scene.levels) {
    const { name, y, labelY } = level;
    if (Number.isNaN(labelY)) continue;
    const width = Math.ceil(context.measureText(name).width);
    context.globalAlpha = 0.9;
    context.fillStyle = palette.panel;
    context.fillRect(NAMES_PX - width - 8, labelY - LABEL_HEIGHT / 2, width + 7, LABEL_HEIGHT);
    context.globalAlpha = 1;
    context.fillStyle = levelColour(level, palette);
    context.fillText(name, NAMES_PX - 4, labelY + 0.5);
    if (Math.abs(labelY - y) < 2) continue;
    context.fillRect(NAMES_PX - 2, Math.min(y, labelY), 1.5, Math.abs(labelY - y));
  }
}
