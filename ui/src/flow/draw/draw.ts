/** Draw a scene: from what lies behind to what lies on top. */

import type { FlowScene } from "../scene/scene";
import { drawAxes, drawGrid, type Writing } from "./axes";
import { drawBars } from "./bars";
import { drawCvd } from "./cvd";
import { drawFooter } from "./footer";
import { drawHourNames, drawHours } from "./hours";
import { drawLegs, drawLevels, drawMarks, drawSegments, drawZones } from "./overlays";
import type { FlowPalette } from "./palette";
import { drawDeveloping, drawFixed, drawProfile } from "./profile";

export function drawScene(
  context: CanvasRenderingContext2D,
  scene: FlowScene,
  palette: FlowPalette,
  writing: Writing,
): void {
  const { frame } = scene;
  const { plot, size } = frame;
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, size.width, size.height);
  drawGrid(context, scene, palette);
  context.save();
  context.beginPath();
  context.rect(0, 0, plot.width, plot.height);
  context.clip();
  drawHours(context, scene, palette);
  drawFixed(context, scene, palette);
  drawZones(context, scene.zones, palette);
  drawLevels(context, scene, palette);
  drawLegs(context, scene, palette);
  drawBars(context, scene, palette);
  drawDeveloping(context, scene.developing, palette);
  drawSegments(context, scene.disagreements, palette);
  drawMarks(context, scene.marks, palette);
  drawHourNames(context, scene, palette);
  context.restore();
  drawProfile(context, scene, palette);
  drawFooter(context, scene, palette);
  drawCvd(context, scene, palette);
  drawAxes(context, scene, palette, writing);
}
