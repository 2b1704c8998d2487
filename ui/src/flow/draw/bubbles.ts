/** Bubbles: each size and colour is drawn once and then copied, so that thousands of them cost little. */

import type { BubbleShape } from "../scene/bubbles";
import type { FlowPalette } from "./palette";

/** Beyond this many, sizes have changed: begin anew. */
const MOST_SPRITES = 400;
const RING_TIERS = 2;

interface Look {
  radius: number;
  isBuy: boolean;
  isSignificant: boolean;
  tier: number;
  isHollow: boolean;
}

export class BubbleSprites {
  private readonly sprites = new Map<number, HTMLCanvasElement>();

  constructor(
    private readonly palette: FlowPalette,
    private readonly ratio: number,
  ) {}

  draw(context: CanvasRenderingContext2D, shapes: readonly BubbleShape[], isHollow: boolean): void {
    for (const { x, y, radius, item } of shapes) {
      const rounded = radius < 8 ? Math.round(radius * 2) / 2 : Math.round(radius);
      const { isSignificant, tier } = item;
      const isBuy = item.side === "buy";
      const sprite = this.of({ radius: rounded, isBuy, isSignificant, tier, isHollow });
      const size = sprite.width / this.ratio;
      context.drawImage(sprite, x - size / 2, y - size / 2, size, size);
    }
    this.number(context, shapes);
  }

  /** The largest say how large. */
  private number(context: CanvasRenderingContext2D, shapes: readonly BubbleShape[]): void {
    context.font = `bold 10px ${this.palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = this.palette.text;
    for (const { x, y, radius, item } of shapes) {
      if (radius < 13) break;
      context.fillText(`${item.size}`, x, y + 0.5);
    }
  }

  private of(look: Look): HTMLCanvasElement {
    const { radius, isBuy, isSignificant, tier, isHollow } = look;
    const flags = (isBuy ? 1 : 0) + (isSignificant ? 2 : 0) + (isHollow ? 4 : 0);
    const key = (Math.round(radius * 2) * 8 + flags) * 8 + Math.min(7, tier);
    const found = this.sprites.get(key);
    if (found !== undefined) return found;
    if (this.sprites.size >= MOST_SPRITES) this.sprites.clear();
    const made = this.paint(look);
    this.sprites.set(key, made);
    return made;
  }

  private paint({ radius, isBuy, isSignificant, tier, isHollow }: Look): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    const rim = tier >= RING_TIERS ? 4 : 1.5;
    canvas.width = Math.ceil(2 * (radius + rim) * this.ratio);
    canvas.height = canvas.width;
    const context = canvas.getContext("2d");
    if (context === null) return canvas;
    context.scale(this.ratio, this.ratio);
    const middle = canvas.width / this.ratio / 2;
    const colour = isBuy ? this.palette.buy : this.palette.sell;
    const circle = (r: number) => {
      context.beginPath();
      context.arc(middle, middle, r, 0, 2 * Math.PI);
    };
    context.fillStyle = colour;
    context.strokeStyle = colour;
    circle(radius);
    // Both sides took about as much: a ring, hardly filled.
    context.globalAlpha = isHollow ? 0.08 : isSignificant ? 0.5 : 0.12;
    context.fill();
    context.globalAlpha = isSignificant ? 0.95 : 0.5;
    context.lineWidth = 1;
    context.stroke();
    if (tier >= RING_TIERS) {
      context.globalAlpha = 0.25 + 0.15 * Math.min(2, tier - RING_TIERS);
      context.lineWidth = 2.5;
      circle(radius + 2.2);
      context.stroke();
    }
    return canvas;
  }
}
