/**
 * The prints of the bubble that is pointed at, asked for once the pointer rests on it. One question is under way at a time:
 * a pointer that runs over many bubbles asks for the last of them.
 */

import type { Trade } from "../api/messages";
import type { BubbleItem } from "./flowState";
import type { CamePrints } from "./prints";

/** How long a pointer stays on a bubble that is meant. */
export const REST_MS = 120;

/** What is known of them: on their way, there, or not to be had. */
export type Prints = Trade[] | "asked" | "failed";

export class PointedPrints {
  private bubble: BubbleItem | null = null;
  private prints: Prints = "asked";
  private rest: ReturnType<typeof setTimeout> | undefined;
  /** Whether the pointer has rested on it. */
  private isMeant = false;
  private isUnderWay = false;
  /** Whether more of them may come than have come. */
  private isShort = false;
  /** How often this bubble was asked for again. */
  private again = 0;

  constructor(
    private readonly ask: (bubble: BubbleItem) => Promise<CamePrints>,
    /** They have come, or will not. */
    private readonly onCome: () => void,
  ) {}

  /** The pointer is on this bubble, or on none; gives what is known of its prints by now. */
  at(bubble: BubbleItem | null): Prints {
    if (bubble?.id === this.bubble?.id) {
      if (bubble !== null && this.isShort) this.askAgain(bubble);
      return this.prints;
    }
    this.bubble = bubble;
    this.prints = "asked";
    this.isShort = false;
    this.again = 0;
    if (bubble === null) this.leave();
    else this.askAfter(bubble, REST_MS);
    return this.prints;
  }

  /** Each time a longer rest: of a source that forgets, more may never come. */
  private askAgain(bubble: BubbleItem): void {
    this.isShort = false;
    this.again += 1;
    this.askAfter(bubble, REST_MS * 2 ** (this.again - 1));
  }

  private leave(): void {
    clearTimeout(this.rest);
    this.isMeant = false;
  }

  private askAfter(bubble: BubbleItem, restMs: number): void {
    this.leave();
    this.rest = setTimeout(() => {
      this.isMeant = true;
      if (!this.isUnderWay) void this.askThese(bubble);
    }, restMs);
  }

  private async askThese(bubble: BubbleItem): Promise<void> {
    this.isUnderWay = true;
    const come = await this.ask(bubble).catch(() => null);
    this.isUnderWay = false;
    if (bubble.id === this.bubble?.id) {
      this.prints = come === null ? "failed" : come.prints;
      this.onCome();
      // Only now: who shows what has come looks here for it, and does not ask again by that.
      this.isShort = come !== null && !come.isWhole;
    } else if (this.bubble !== null && this.isMeant) void this.askThese(this.bubble);
  }
}
