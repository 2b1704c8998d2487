/** The crosshair: two lines and what they point at, moved without anything being drawn. */

import type { FlowFrame } from "./scene/frame";

/** By hand or where another chart points. */
interface Pointed {
  x: number;
  /** Null: only the time is pointed at. */
  y: number | null;
  time: string;
  price: string;
}

/** Half the width of a time that is told. */
const HALF_TIME_PX = 34;

export class Cross {
  private readonly across = document.createElement("div");
  private readonly down = document.createElement("div");
  private readonly time = document.createElement("div");
  private readonly price = document.createElement("div");

  constructor(private readonly layer: HTMLElement) {
    this.across.className = "flow-cross-across";
    this.down.className = "flow-cross-down";
    this.time.className = "flow-cross-tag";
    this.price.className = "flow-cross-tag flow-cross-price";
    this.hide();
    layer.append(this.across, this.down, this.time, this.price);
  }

  resize({ plot, profile, axis, clock, size }: FlowFrame): void {
    Object.assign(this.layer.style, { width: `${size.width}px`, height: `${size.height}px` });
    this.across.style.width = `${plot.width + profile}px`;
    this.down.style.height = `${clock.top}px`;
    this.time.style.width = `${2 * HALF_TIME_PX}px`;
    this.time.style.height = `${clock.height - 2}px`;
    this.time.style.top = `${clock.top + 1}px`;
    this.price.style.left = `${plot.width + profile + 1}px`;
    this.price.style.width = `${axis - 1}px`;
    this.price.style.height = "16px";
  }

  show({ x, y, time, price }: Pointed, { plot }: FlowFrame): void {
    const isOnPrices = y !== null && y < plot.height;
    const isOnTime = x <= plot.width;
    this.down.hidden = this.time.hidden = !isOnTime;
    this.across.hidden = this.price.hidden = !isOnPrices;
    if (isOnTime) {
      const middle = Math.min(plot.width - HALF_TIME_PX, Math.max(HALF_TIME_PX, x));
      this.down.style.transform = `translateX(${Math.round(x)}px)`;
      this.time.style.transform = `translateX(${Math.round(middle - HALF_TIME_PX)}px)`;
      write(this.time, time);
    }
    if (!isOnPrices) return;
    this.across.style.transform = `translateY(${Math.round(y)}px)`;
    this.price.style.transform = `translateY(${Math.round(y) - 8}px)`;
    write(this.price, price);
  }

  hide(): void {
    for (const part of [this.across, this.down, this.time, this.price]) part.hidden = true;
  }
}

function write(tag: HTMLElement, text: string): void {
  if (tag.textContent !== text) tag.textContent = text;
}
