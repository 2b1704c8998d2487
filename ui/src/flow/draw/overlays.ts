/** What lies behind and over the bars: zones, levels and their names, rays, legs, the signs of signals. */

import type { Kind } from "../../signals/kinds";
import { LETTERS } from "../marks";
import type { Segment } from "../scene/disagreements";
import type { LevelLine } from "../scene/levels";
import type { MarkShape } from "../scene/marks";
import type { PricesScene } from "../scene/prices";
import type { ZoneShape } from "../scene/zones";
import { line } from "./axes";
import type { Context } from "./context";
import { type FlowPalette, sideColour } from "./palette";

/** Buying that is absorbed holds prices down. */
export function zoneColour({ zone }: ZoneShape, palette: FlowPalette): string {
  return sideColour(palette, zone.absorptionType === "selling");
}

export function drawZones(
  context: Context,
  zones: readonly ZoneShape[],
  palette: FlowPalette,
): void {
  for (const shape of zones) {
    const { x, right, y, height, strength } = shape;
    context.fillStyle = zoneColour(shape, palette);
    context.globalAlpha = 0.07 + 0.15 * strength;
    context.fillRect(x, y - height / 2, right - x, height);
    context.globalAlpha = 0.25 + 0.6 * strength;
    context.fillRect(x, y - height / 2, 2, height);
  }
  context.globalAlpha = 1;
}

export function levelColour({ kind, name }: LevelLine, palette: FlowPalette): string {
  if (kind === "vwap") return palette.vwap;
  if (kind !== "profile") return palette.level;
  return name === "POC" ? palette.poc : palette.area;
}

export function drawLevels(context: Context, scene: PricesScene, palette: FlowPalette): void {
  const { width } = scene.size;
  context.lineWidth = 1;
  for (const level of scene.levels) {
    context.strokeStyle = levelColour(level, palette);
    context.globalAlpha = level.kind === "profile" ? 0.7 : 0.55;
    context.setLineDash(level.kind === "profile" ? [] : [6, 4]);
    context.beginPath();
    context.moveTo(0, Math.round(level.y) + 0.5);
    context.lineTo(width, Math.round(level.y) + 0.5);
    context.stroke();
  }
  context.strokeStyle = palette.poc;
  context.setLineDash([1, 3]);
  context.globalAlpha = 0.9;
  context.beginPath();
  for (const { x, y } of scene.naked) {
    context.moveTo(x, Math.round(y) + 0.5);
    context.lineTo(width, Math.round(y) + 0.5);
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

export function drawSegments(
  context: Context,
  segments: readonly Segment[],
  palette: FlowPalette,
): void {
  context.lineWidth = 1.5;
  context.setLineDash([4, 2]);
  for (const isUp of [true, false]) {
    context.strokeStyle = sideColour(palette, isUp);
    context.beginPath();
    for (const { x, y, toX, toY, isUp: own } of segments) {
      if (own !== isUp) continue;
      context.moveTo(x, y);
      context.lineTo(toX, toY);
    }
    context.stroke();
  }
  context.setLineDash([]);
}

export function drawLegs(context: Context, scene: PricesScene, palette: FlowPalette): void {
  for (const { x, y, toX, toY, isUp, low } of scene.legs) {
    context.strokeStyle = sideColour(palette, isUp);
    context.globalAlpha = 0.35;
    context.lineWidth = 4;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    context.stroke();
    for (const at of low) line(context, palette.node, Math.min(x, toX), at, scene.size.width);
  }
  context.globalAlpha = 1;
}

const SIGN = 13;

function markColour(kind: Kind, isUp: boolean, palette: FlowPalette): string {
  return kind === "confluence" ? palette.confluence : sideColour(palette, isUp);
}

export function drawMarks(
  context: Context,
  marks: readonly MarkShape[],
  palette: FlowPalette,
): void {
  context.font = `bold 9px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { x, y, mark } of marks) {
    const isUp = mark.direction === "bullish";
    const colour = markColour(mark.kind, isUp, palette);
    context.fillStyle = colour;
    context.globalAlpha = mark.outcome === "loss" ? 0.45 : 1;
    // A sign with a roof or a keel: it points the way it means.
    const [half, tip] = [SIGN / 2, isUp ? -1 : 1];
    context.beginPath();
    context.moveTo(x - half, y - half);
    if (tip < 0) context.lineTo(x, y - half - 4);
    context.lineTo(x + half, y - half);
    context.lineTo(x + half, y + half);
    if (tip > 0) context.lineTo(x, y + half + 4);
    context.lineTo(x - half, y + half);
    context.closePath();
    context.fill();
    context.fillStyle = palette.panel;
    const letter = LETTERS[mark.kind];
    const text = mark.kind === "confluence" && mark.score !== null ? `${mark.score}` : letter;
    context.fillText(text, x, y + 0.5);
  }
  context.globalAlpha = 1;
}
