/** What lies outside regular hours is shaded, and the begin of a session is named. */

import type { FlowScene } from "../scene/scene";
import type { FlowPalette } from "./palette";

export function drawHours(
  context: CanvasRenderingContext2D,
  { hours, frame }: FlowScene,
  palette: FlowPalette,
): void {
  if (hours === null) return;
  const { width, height } = frame.plot;
  context.fillStyle = palette.night;
  for (const { x, toX } of hours.nights) {
    context.fillRect(Math.round(x), 0, Math.round(toX) - Math.round(x), height);
  }
  context.strokeStyle = palette.dim;
  context.fillStyle = palette.dim;
  context.lineWidth = 1;
  context.font = `10px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "bottom";
  for (const { x, name, isSession } of hours.begins) {
    context.globalAlpha = isSession ? 0.7 : 0.4;
    context.setLineDash(isSession ? [] : [3, 3]);
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, height);
    context.stroke();
    context.globalAlpha = 0.9;
    if (name !== "" && x < width - 30) context.fillText(name, x + 4, height - 3);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}
