/** A drawing of what moves by itself: asked for at any pace, drawn in its own turn, with a rest after each. */

import { inTurn } from "./turns";

export class RestedTurn {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private takeBack: (() => void) | null = null;

  constructor(
    private readonly restMs: number,
    private readonly draw: () => void,
  ) {}

  /** Draw once the rest since `drawnAtMs` is over and nobody else draws; one wish at a time. */
  ask(drawnAtMs: number): void {
    if (this.timer !== null || this.takeBack !== null) return;
    const restMs = drawnAtMs + this.restMs - performance.now();
    if (restMs <= 0) this.wait();
    else {
      this.timer = setTimeout(() => {
        this.timer = null;
        this.wait();
      }, restMs);
    }
  }

  end(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.takeBack?.();
    this.timer = this.takeBack = null;
  }

  private wait(): void {
    this.takeBack = inTurn(() => {
      this.takeBack = null;
      this.draw();
    });
  }
}
