/** The volume profile beside the prices, and its lines over time. */

import type { EdgeScene } from "../scene/edge";
import type { PricesScene } from "../scene/prices";
import type { DevelopingScene, Line } from "../scene/profile";
import { type Context, fillWhole } from "./context";
import type { FlowPalette } from "./palette";

export function drawProfile(context: Context, scene: EdgeScene, palette: FlowPalette): void {
  const { profile, frame } = scene;
  if (profile === null || frame.profile === 0) return;
  const left = frame.plot.width;
  const room = frame.profile - 4;
  const height = Math.max(1, profile.rowHeight - (profile.rowHeight > 4 ? 1 : 0));
  context.save();
  context.beginPath();
  context.rect(left, 0, frame.profile, frame.plot.height);
  context.clip();
  for (const isInside of [false, true]) {
    context.globalAlpha = isInside ? 0.85 : 0.4;
    const parts = [
      [palette.sell, (row: (typeof profile.rows)[number]) => [0, row.sell]],
      [palette.buy, (row: (typeof profile.rows)[number]) => [row.sell, row.buy]],
      [palette.dim, (row: (typeof profile.rows)[number]) => [row.sell + row.buy, row.unsided]],
    ] as const;
    for (const [colour, partOf] of parts) {
      context.fillStyle = colour;
      for (const row of profile.rows) {
        if (row.isInside !== isInside) continue;
        const [from = 0, size = 0] = partOf(row);
        if (size <= 0) continue;
        const begin = left + 1 + (from / profile.most) * room;
        fillWhole(context, begin, row.y - height / 2, (size / profile.most) * room, height);
      }
    }
  }
  context.globalAlpha = 1;
  // Nodes: a notch at the far end, full where much traded, open where little did.
  context.fillStyle = palette.node;
  for (const y of profile.high) context.fillRect(left + frame.profile - 7, y - 1.5, 6, 3);
  context.strokeStyle = palette.node;
  context.lineWidth = 1;
  context.setLineDash([2, 2]);
  context.beginPath();
  for (const y of profile.low) {
    context.moveTo(left + 1, Math.round(y) + 0.5);
    context.lineTo(left + frame.profile - 1, Math.round(y) + 0.5);
  }
  context.stroke();
  context.setLineDash([]);
  for (const [y, colour] of [
    [profile.poc, palette.poc],
    [profile.vah, palette.area],
    [profile.val, palette.area],
  ] as const) {
    if (y === null) continue;
    context.fillStyle = colour;
    context.fillRect(left, Math.round(y) - 0.5, frame.profile, 1.5);
  }
  context.restore();
}

/** The stretch of time that a fixed profile is of. */
export function drawFixed(context: Context, scene: PricesScene, palette: FlowPalette): void {
  const { fixed, size } = scene;
  if (fixed === null) return;
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.06;
  context.fillRect(fixed.x, 0, fixed.toX - fixed.x, size.height);
  context.globalAlpha = 0.5;
  for (const x of [fixed.x, fixed.toX]) context.fillRect(Math.round(x), 0, 1, size.height);
  context.globalAlpha = 1;
}

export function drawDeveloping(
  context: Context,
  developing: DevelopingScene | null,
  palette: FlowPalette,
): void {
  if (developing === null) return;
  context.lineWidth = 1;
  context.globalAlpha = 0.8;
  for (const [steps, colour, dash] of [
    [developing.vah, palette.area, [3, 3]],
    [developing.val, palette.area, [3, 3]],
    [developing.poc, palette.poc, []],
  ] as const) {
    context.strokeStyle = colour;
    context.setLineDash([...dash]);
    strokeSteps(context, steps);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** What holds until the next place. */
function strokeSteps(context: Context, { xs, ys }: Line): void {
  context.beginPath();
  for (let at = 0; at < xs.length; at += 1) {
    const [x, y] = [xs[at] ?? 0, ys[at] ?? 0];
    if (Number.isNaN(y)) continue;
    if (at === 0 || Number.isNaN(ys[at - 1])) context.moveTo(x, y);
    else {
      context.lineTo(x, ys[at - 1] ?? y);
      context.lineTo(x, y);
    }
  }
  context.stroke();
}

export function strokeLine(context: Context, { xs, ys }: Line): void {
  context.beginPath();
  for (let at = 0; at < xs.length; at += 1) context.lineTo(xs[at] ?? 0, ys[at] ?? 0);
  context.stroke();
}
