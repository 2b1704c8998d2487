/** What stands below the prices, on a sheet that moves with time, and the names of its lines, which stay. */

import type { View } from "../heatmap/view";
import { drawBelow } from "./draw/below";
import { cvdLegend } from "./draw/cvd";
import type { FlowPalette } from "./draw/palette";
import { belowFrame, belowScene, NAMES_OF_HOURS } from "./scene/below";
import type { CvdScale } from "./scene/cvd";
import type { FlowFrame } from "./scene/frame";
import { TimeAxis } from "./scene/timeAxis";
import { type Fit, Sheet } from "./sheet";
import { axisSeen, type Sight } from "./sight";

const STRETCH = { most: 1.35, mostUneven: Number.POSITIVE_INFINITY };

export class BelowLayer {
  private readonly sheet: Sheet;
  private named = "";
  /** Of the CVD that was drawn last. */
  scale: CvdScale | null = null;

  constructor(
    private readonly clip: HTMLElement,
    private readonly legend: HTMLElement,
  ) {
    this.sheet = new Sheet(clip, "flow-below", STRETCH, { isOfTime: true });
  }

  resize(frame: FlowFrame, ratio: number): void {
    const { width } = frame.plot;
    const { height } = belowFrame(frame, width);
    const top = frame.plot.height - NAMES_OF_HOURS;
    Object.assign(this.clip.style, {
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    this.legend.style.top = `${frame.cvd.top + 2}px`;
    this.sheet.resize({ width, height }, ratio);
  }

  place(view: View): Fit {
    return this.sheet.place(view);
  }

  draw(sight: Sight): void {
    const { state, view, places, frame, settings, wiped, palette, writing, beyond } = sight;
    this.sheet.draw(view, beyond, (context, wide) => {
      const axis = new TimeAxis(wide.view, wide.size.width, places);
      const scene = belowScene(state, axis, axisSeen(sight), frame, settings, wiped);
      drawBelow(context, scene, palette, writing);
      this.scale = scene.cvd?.scale ?? null;
      this.name(scene.cvd === null ? null : scene.cvd.buckets.length, palette);
    });
    const { last = null, zero = 0 } = this.scale ?? {};
    // For those who check what a picture shows: the newest number, from what counts as nought.
    this.sheet.canvas.dataset.cvd = last === null ? "" : `${last - zero}`;
  }

  clear(): void {
    this.scale = null;
    this.sheet.clear();
    this.legend.replaceChildren();
    this.named = "";
  }

  private name(buckets: number | null, palette: FlowPalette): void {
    const lines = buckets === null ? [] : cvdLegend(buckets, palette);
    const named = lines.map(({ name, colour }) => `${name} ${colour}`).join();
    if (named === this.named) return;
    this.named = named;
    this.legend.replaceChildren(
      ...lines.map(({ name, colour }) => {
        const word = document.createElement("span");
        word.textContent = name;
        word.style.color = colour;
        return word;
      }),
    );
  }
}
