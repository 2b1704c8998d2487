/** Bubbles on a sheet of their own: thousands are drawn anew only once something else is to be seen. */

import type { Size, View } from "../heatmap/view";
import { BubbleSprites } from "./draw/bubbles";
import type { FlowPalette } from "./draw/palette";
import type { BubbleItem } from "./flowState";
import {
  type BubbleShape,
  type BubblesLimits,
  bubbleAt,
  bubblesScene,
  MOST_BUBBLES,
} from "./scene/bubbles";
import { TimeAxis } from "./scene/timeAxis";
import { type Fit, Sheet } from "./sheet";
import type { Sight } from "./sight";

/** A little more or less wide, circles still look like circles. */
const STRETCH = { most: 1.35, mostUneven: 1.35 };
/** Where numbers are to be read, only the largest lie over them: so many a bar. */
const HOLLOW_PER_BAR = 1.5;

/** How the bars below are drawn. */
export interface Ground {
  bars: number;
  /** Whether numbers are to be read there: only rings lie over them. */
  isWritten: boolean;
}

export class BubbleLayer {
  private readonly sheet: Sheet;
  private sprites: BubbleSprites;
  private shapes: BubbleShape[] = [];
  private key = "";

  constructor(clip: HTMLElement, palette: FlowPalette) {
    this.sprites = new BubbleSprites(palette, 1);
    this.sheet = new Sheet(clip, "flow-bubbles", STRETCH);
  }

  resize(size: Size, ratio: number, palette: FlowPalette): void {
    this.sprites = new BubbleSprites(palette, ratio);
    this.sheet.resize(size, ratio);
    this.key = "";
  }

  place(view: View): Fit {
    return this.sheet.place(view);
  }

  /** Whether these bubbles were drawn, wherever they are by now. */
  holds(sight: Sight, ground: Ground): boolean {
    return keyOf(sight, limitsOf(sight, ground), ground) === this.key;
  }

  draw(sight: Sight, ground: Ground): void {
    const { state, view, frame, places, settings, beyond } = sight;
    const limits = limitsOf(sight, ground);
    this.key = keyOf(sight, limits, ground);
    this.sheet.draw(view, beyond, (context, wide) => {
      const axis = new TimeAxis(wide.view, wide.size.width, places);
      this.shapes = settings.bubbles
        ? bubblesScene(state, axis, wide.size, limits, frame.plot.height).shapes
        : [];
      this.sprites.draw(context, this.shapes, ground.isWritten);
    });
    const seen = this.shapes.filter(({ x, y }) => this.sheet.isSeen(x, y));
    this.sheet.canvas.dataset.bubbles = `${seen.length}`;
  }

  /** Nothing is known: nothing is drawn. */
  clear(): void {
    this.shapes = [];
    this.key = "";
    this.sheet.clear();
  }

  /** The bubble at a place of what is seen. */
  find(x: number, y: number, view: View): BubbleItem | null {
    const own = this.sheet.ownPlace(x, y, view);
    return own === null ? null : (bubbleAt(this.shapes, own.x, own.y)?.item ?? null);
  }
}

function limitsOf({ settings, wiped, beyond }: Sight, { bars, isWritten }: Ground): BubblesLimits {
  const most = Math.round(isWritten ? bars * HOLLOW_PER_BAR : MOST_BUBBLES * (1 + 2 * beyond));
  return { minSize: settings.minSize, most, clearedMs: wiped.clearedMs };
}

function keyOf({ state, settings }: Sight, limits: BubblesLimits, { isWritten }: Ground): string {
  const { items, forgotten } = state.bubbles;
  const { minSize, most, clearedMs } = limits;
  const what = `${state.symbol} ${state.epoch} ${items.length} ${forgotten} ${state.bubbles.newest?.ms}`;
  return `${what} ${minSize} ${most} ${clearedMs} ${isWritten} ${settings.bubbles}`;
}
