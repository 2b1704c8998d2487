/** What stands beside the prices, and the names of levels over their right edge: neither moves with time. */

import type { View } from "../heatmap/view";
import { contextOf, fitCanvas } from "./draw/context";
import { drawEdge } from "./draw/edge";
import { drawNames, NAMES_PX } from "./draw/names";
import type { FlowPalette } from "./draw/palette";
import type { CvdScale } from "./scene/cvd";
import { edgeScene } from "./scene/edge";
import type { FlowFrame } from "./scene/frame";
import { axisSeen, type Sight } from "./sight";

export class EdgeLayer {
  private drawn: View | null = null;
  private ratio = 1;
  private frame: FlowFrame | null = null;

  constructor(
    private readonly edge: HTMLCanvasElement,
    private readonly names: HTMLCanvasElement,
  ) {}

  resize(frame: FlowFrame, ratio: number): void {
    const { plot, size } = frame;
    this.ratio = ratio;
    this.frame = frame;
    fitCanvas(this.edge, { width: size.width - plot.width, height: size.height }, ratio);
    fitCanvas(this.names, { width: NAMES_PX, height: plot.height }, ratio);
    this.edge.style.left = `${plot.width}px`;
    this.names.style.left = `${plot.width - NAMES_PX}px`;
    this.drawn = null;
  }

  /** Whether it was drawn for these prices. */
  isOf({ topTick, ticksPerPx }: View): boolean {
    return this.drawn?.topTick === topTick && this.drawn.ticksPerPx === ticksPerPx;
  }

  draw(sight: Sight, cvd: CvdScale | null): void {
    const { state, view, frame, settings, palette, writing } = sight;
    const scene = edgeScene(state, axisSeen(sight), frame, settings, cvd);
    drawEdge(contextOf(this.edge, this.ratio, false), scene, palette, writing);
    drawNames(contextOf(this.names, this.ratio), scene, palette);
    this.drawn = view;
  }

  clear({ panel }: FlowPalette): void {
    const { frame } = this;
    if (frame === null) return;
    contextOf(this.names, this.ratio).clearRect(0, 0, NAMES_PX, frame.plot.height);
    const context = contextOf(this.edge, this.ratio, false);
    context.fillStyle = panel;
    context.fillRect(0, 0, frame.size.width - frame.plot.width, frame.size.height);
    this.drawn = null;
  }
}
