/** Draw prices over time: from what lies behind to what lies on top. */

import type { PricesScene } from "../scene/prices";
import { drawGrid, drawLast } from "./axes";
import { drawBars } from "./bars";
import type { Context } from "./context";
import { drawHours } from "./hours";
import { drawLegs, drawLevels, drawMarks, drawSegments, drawZones } from "./overlays";
import type { FlowPalette } from "./palette";
import { drawDeveloping, drawFixed } from "./profile";

export function drawPrices(context: Context, scene: PricesScene, palette: FlowPalette): void {
  const { size, hours } = scene;
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, size.width, size.height);
  drawGrid(context, scene, palette);
  drawHours(context, hours, size.height, palette);
  drawFixed(context, scene, palette);
  drawZones(context, scene.zones, palette);
  drawLevels(context, scene, palette);
  drawLegs(context, scene, palette);
  drawBars(context, scene, palette);
  drawDeveloping(context, scene.developing, palette);
  drawSegments(context, scene.disagreements, palette);
  drawMarks(context, scene.marks, palette);
  drawLast(context, scene, palette);
}
