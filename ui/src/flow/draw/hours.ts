/** What lies outside regular hours is shaded, and the begin of a session is named. */

import type { HoursScene } from "../scene/hours";
import type { Context } from "./context";
import type { FlowPalette } from "./palette";

export function drawHours(
  context: Context,
  hours: HoursScene | null,
  height: number,
  palette: FlowPalette,
): void {
  if (hours === null) return;
  context.fillStyle = palette.night;
  for (const { x, toX } of hours.nights) {
    context.fillRect(Math.round(x), 0, Math.round(toX) - Math.round(x), height);
  }
  context.strokeStyle = palette.dim;
  context.lineWidth = 1;
  for (const { x, isSession } of hours.begins) {
    context.globalAlpha = isSession ? 0.7 : 0.4;
    context.setLineDash(isSession ? [] : [3, 3]);
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, height);
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Names of the sessions, in a row of this height. */
export function drawHourNames(
  context: Context,
  hours: HoursScene | null,
  height: number,
  palette: FlowPalette,
): void {
  if (hours === null) return;
  context.font = `10px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const { x, name } of hours.begins) {
    if (name === "") continue;
    const width = context.measureText(name).width;
    context.globalAlpha = 0.85;
    context.fillStyle = palette.raised;
    context.fillRect(x + 1, height - 15, width + 8, 14);
    context.globalAlpha = 1;
    context.fillStyle = palette.text;
    context.fillText(name, x + 5, height - 7.5);
  }
}
