/** The pictures of a chart: when which is drawn, and when it is only moved. */

import { RestedTurn } from "../drawing/restedTurn";
import type { View } from "../heatmap/view";
import { BelowLayer } from "./belowLayer";
import { BubbleLayer } from "./bubbleLayer";
import type { FlowPalette } from "./draw/palette";
import { EdgeLayer } from "./edgeLayer";
import type { BubbleItem } from "./flowState";
import { PricesLayer } from "./pricesLayer";
import type { Drawn } from "./readout";
import type { FlowFrame } from "./scene/frame";
import type { Sight } from "./sight";

/** What they are put in, from below to above. */
export interface PictureLayers {
  /** Prices and bubbles. */
  plot: HTMLElement;
  below: HTMLElement;
  /** Beside the prices: their axis, the profile. */
  edge: HTMLCanvasElement;
  /** Over the right edge of the prices. */
  names: HTMLCanvasElement;
  /** Names of the lines of the CVD. */
  legend: HTMLElement;
}

export interface PictureSource {
  /** What is looked at by now, moved on with the market; null: nothing can be drawn. */
  look(): Sight | null;
  /** What was looked at last. */
  sight(): Sight | null;
  /** The market had the prices drawn. */
  onDrawn(sight: Sight): void;
}

/** The market changes a picture no more often than this: windows are longer, and eyes are slower. */
const REST_MS = 95;
/** What is below them, less often: nobody trades on it within a fifth of a second. */
const BELOW_REST_MS = 190;
/** While a hand moves the chart, what is new can wait. */
const HAND_REST_MS = 1_500;
/** So long after its last move, a hand rests. */
export const STILL_MS = 200;

export class Pictures {
  private readonly prices: PricesLayer;
  private readonly below: BelowLayer;
  private readonly edge: EdgeLayer;
  private readonly bubbles: BubbleLayer;
  private drawnAtMs = 0;
  private belowAtMs = 0;
  private isDrawn = false;
  /** Whether the prices were drawn beyond the edges of what is seen. */
  private isWide = false;
  private stillTimer: ReturnType<typeof setTimeout> | null = null;
  // What the market changes is drawn a picture a frame, so that none is late.
  private readonly market = new RestedTurn(REST_MS, () => this.drawInTurn());
  private readonly marketBelow = this.turnOf((sight) => this.drawBelow(sight), BELOW_REST_MS);
  private readonly turns = {
    prices: new RestedTurn(0, () => this.drawInTurn()),
    below: this.turnOf((sight) => this.drawBelow(sight)),
    edge: this.turnOf((sight) => this.drawEdge(sight)),
    bubbles: this.turnOf((sight) => this.bubbles.draw(sight, this.prices.ground())),
  };

  constructor(
    on: PictureLayers,
    palette: FlowPalette,
    private readonly source: PictureSource,
  ) {
    this.prices = new PricesLayer(on.plot);
    this.bubbles = new BubbleLayer(on.plot, palette);
    this.below = new BelowLayer(on.below, on.legend);
    this.edge = new EdgeLayer(on.edge, on.names);
  }

  /** Lay them out; until they are drawn, they are empty. */
  resize(frame: FlowFrame, ratio: number, palette: FlowPalette): void {
    this.prices.resize(frame.plot, ratio);
    this.bubbles.resize(frame.plot, ratio, palette);
    this.below.resize(frame, ratio);
    this.edge.resize(frame, ratio);
  }

  /** What is known changed: draw it when its time has come. */
  change(isInHand: boolean): void {
    this.market.ask(this.drawnAtMs + (isInHand ? HAND_REST_MS - REST_MS : 0));
  }

  /** Draw them at once, but for the bubbles, which cost most. */
  draw(sight: Sight): void {
    this.drawPrices(sight);
    this.drawBelow(sight);
    this.drawEdge(sight);
    this.askForBubbles(sight);
    if (sight.isInHand) this.drawOnceStill(STILL_MS);
  }

  /** Put them where a hand moved them; those that no longer suit are drawn, the others once it rests. */
  move(sight: Sight): void {
    if (!this.isDrawn) return;
    const { view } = sight;
    const fits = {
      prices: this.prices.place(view),
      below: this.below.place(view),
      bubbles: this.bubbles.place(view),
    };
    if (!this.edge.isOf(view)) this.drawEdge(sight);
    for (const name of ["prices", "below", "bubbles"] as const) {
      if (fits[name] !== "outgrown") continue;
      // What moved with the market has nothing beyond its edges yet.
      if (name === "prices" && !this.isWide) this.drawPrices(sight);
      else this.turns[name].ask(0);
    }
    this.drawOnceStill(STILL_MS);
  }

  /** Nothing is known: nothing is drawn. */
  clear(palette: FlowPalette): void {
    this.isDrawn = false;
    this.prices.clear();
    this.below.clear();
    this.edge.clear(palette);
    this.bubbles.clear();
  }

  /** What was drawn of the prices at a place of what is seen; null before anything is. */
  at(x: number, y: number, view: View): Drawn | null {
    return this.isDrawn ? this.prices.at(x, y, view) : null;
  }

  bubbleAt(x: number, y: number, view: View): BubbleItem | null {
    return this.bubbles.find(x, y, view);
  }

  end(): void {
    for (const turn of [this.market, this.marketBelow, ...Object.values(this.turns)]) turn.end();
    if (this.stillTimer !== null) clearTimeout(this.stillTimer);
  }

  private turnOf(draw: (sight: Sight) => void, restMs = 0): RestedTurn {
    return new RestedTurn(restMs, () => {
      const sight = this.isDrawn ? this.source.sight() : null;
      if (sight !== null) draw(sight);
    });
  }

  /** Draw the prices, and have the rest drawn in turns of their own. */
  private drawInTurn(): void {
    const sight = this.source.look();
    if (sight === null) return;
    this.drawPrices(sight);
    if (this.below.place(sight.view) !== "as drawn") this.turns.below.ask(0);
    this.marketBelow.ask(this.belowAtMs);
    if (this.edge.isOf(sight.view)) this.turns.edge.ask(0);
    else this.drawEdge(sight);
    this.askForBubbles(sight);
    this.source.onDrawn(sight);
  }

  private drawPrices(sight: Sight): void {
    this.isDrawn = true;
    this.isWide = sight.beyond > 0;
    this.drawnAtMs = performance.now();
    this.prices.draw(sight);
    this.market.end();
    this.turns.prices.end();
  }

  private drawBelow(sight: Sight): void {
    this.belowAtMs = performance.now();
    this.below.draw(sight);
    // Its scale stands beside it.
    this.turns.edge.ask(0);
    this.marketBelow.end();
    this.turns.below.end();
  }

  private drawEdge(sight: Sight): void {
    this.edge.draw(sight, this.below.scale);
    this.turns.edge.end();
  }

  private askForBubbles(sight: Sight): void {
    const fit = this.bubbles.place(sight.view);
    const isOther = fit !== "as drawn" || !this.bubbles.holds(sight, this.prices.ground());
    if (fit === "outgrown" || (isOther && !sight.isInHand)) this.turns.bubbles.ask(0);
  }

  private drawOnceStill(ms: number): void {
    this.stillTimer ??= setTimeout(() => {
      this.stillTimer = null;
      if (this.source.sight()?.isInHand === true) this.drawOnceStill(STILL_MS / 4);
      else {
        this.turns.prices.ask(0);
        this.turns.bubbles.ask(0);
      }
    }, ms);
  }
}
