/** Bubbles: each size and colour is drawn once and then copied, so that thousands of them cost little. */

import type { BubbleShape } from "../scene/bubbles";
import type { Context } from "./context";
import type { FlowPalette } from "./palette";

/** Beyond this many, sizes have changed: begin anew. */
const MOST_SPRITES = 400;
const RING_TIERS = 2;
const LABELLED_PX = 12;
const LABEL = { width: 24, height: 12 };

interface Look {
  radius: number;
  isBuy: boolean;
  isSignificant: boolean;
  tier: number;
  isHollow: boolean;
}

export class BubbleSprites {
  private readonly sprites = new Map<number, ImageBitmap>();

  constructor(
    private readonly palette: FlowPalette,
    private readonly ratio: number,
  ) {}

  draw(context: Context, shapes: readonly BubbleShape[], isHollow: boolean): void {
    const { ratio } = this;
    context.save();
    // On whole pixels of the screen nothing is blended with its neighbours: a plain copy.
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = false;
    for (const { x, y, radius, item } of shapes) {
      const rounded = radius < 8 ? Math.round(radius * 2) / 2 : Math.round(radius);
      const { isSignificant, tier } = item;
      const isBuy = item.side === "buy";
      const sprite = this.of({ radius: rounded, isBuy, isSignificant, tier, isHollow });
      const half = sprite.width / 2;
      context.drawImage(sprite, Math.round(x * ratio - half), Math.round(y * ratio - half));
    }
    context.restore();
    if (!isHollow) this.number(context, shapes);
  }

  /** The largest say how large, where no larger one does already. */
  private number(context: Context, shapes: readonly BubbleShape[]): void {
    context.font = `bold 10px ${this.palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = this.palette.text;
    const taken = new Set<number>();
    for (const { x, y, radius, item } of shapes) {
      if (radius < LABELLED_PX) break;
      const [column, row] = [Math.round(x / LABEL.width), Math.round(y / LABEL.height)];
      const places = [-1, 0, 1].flatMap((dx) =>
        [-1, 0, 1].map((dy) => (column + dx) * 4_096 + row + dy),
      );
      if (places.some((place) => taken.has(place))) continue;
      taken.add(column * 4_096 + row);
      context.fillText(`${item.size}`, x, y + 0.5);
    }
  }

  private of(look: Look): ImageBitmap {
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

  private paint({ radius, isBuy, isSignificant, tier, isHollow }: Look): ImageBitmap {
    const rim = tier >= RING_TIERS ? 4 : 1.5;
    const size = Math.ceil(2 * (radius + rim) * this.ratio);
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext("2d");
    if (context === null) return canvas.transferToImageBitmap();
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
    return canvas.transferToImageBitmap();
  }
}
