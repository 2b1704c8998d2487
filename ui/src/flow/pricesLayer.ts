/** Prices over time on a sheet, and what of them lies at a place. */

import type { Size, View } from "../heatmap/view";
import type { Ground } from "./bubbleLayer";
import { drawPrices } from "./draw/prices";
import { type PricesScene, pricesScene } from "./scene/prices";
import { TimeAxis } from "./scene/timeAxis";
import { type Fit, Sheet } from "./sheet";
import { axisSeen, type Sight } from "./sight";

const STRETCH = { most: 1.35, mostUneven: 1.35 };

export class PricesLayer {
  private readonly sheet: Sheet;
  private scene: PricesScene | null = null;

  constructor(private readonly clip: HTMLElement) {
    this.sheet = new Sheet(clip, "flow-prices", STRETCH, { isSeenThrough: false });
  }

  resize(size: Size, ratio: number): void {
    const { width, height } = size;
    Object.assign(this.clip.style, { width: `${width}px`, height: `${height}px` });
    this.sheet.resize(size, ratio);
  }

  place(view: View): Fit {
    return this.sheet.place(view);
  }

  draw(sight: Sight): void {
    const { state, view, places, settings, wiped, palette, beyond } = sight;
    let seen: unknown[] = [];
    this.sheet.draw(view, beyond, (context, wide) => {
      const axis = new TimeAxis(wide.view, wide.size.width, places);
      const scene = pricesScene(state, { axis, seen: axisSeen(sight) }, wide.size, settings, wiped);
      drawPrices(context, scene, palette);
      this.scene = scene;
      seen = scene.bars.candles.filter(({ x }) => this.sheet.isSeen(x));
    });
    // For those who measure how long this takes, or check what a picture shows.
    this.sheet.canvas.dataset.bars = `${seen.length}`;
    this.sheet.canvas.dataset.marks = `${this.scene?.marks.length ?? 0}`;
  }

  /** Nothing is known: nothing is drawn. */
  clear(): void {
    this.scene = null;
    this.sheet.clear();
  }

  /** What lies under the bubbles. */
  ground(): Ground {
    const bars = this.scene?.bars;
    return { bars: bars?.candles.length ?? 0, isWritten: bars?.detail === "cells" };
  }

  /** What was drawn, and where in it a place of what is seen lies; null before anything is. */
  at(x: number, y: number, view: View): { scene: PricesScene; x: number; y: number } | null {
    const own = this.sheet.ownPlace(x, y, view);
    return own === null || this.scene === null ? null : { scene: this.scene, ...own };
  }
}
