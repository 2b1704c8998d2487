/**
 * The prints of the bubble that is pointed at, asked for once the pointer rests on it. One question is under way at a time:
 * a pointer that runs over many bubbles asks for the last of them.
 */

import type { Trade } from "../api/messages";
import type { BubbleItem } from "./flowState";

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

  constructor(
    private readonly ask: (bubble: BubbleItem) => Promise<Trade[]>,
    /** They have come, or will not. */
    private readonly onCome: () => void,
  ) {}

  /** The pointer is on this bubble, or on none; gives what is known of its prints by now. */
  at(bubble: BubbleItem | null): Prints {
    if (bubble?.id === this.bubble?.id) return this.prints;
    clearTimeout(this.rest);
    this.bubble = bubble;
    this.prints = "asked";
    this.isMeant = false;
    if (bubble === null) return this.prints;
    this.rest = setTimeout(() => {
      this.isMeant = true;
      if (!this.isUnderWay) void this.askThese(bubble);
    }, REST_MS);
    return this.prints;
  }

  private async askThese(bubble: BubbleItem): Promise<void> {
    this.isUnderWay = true;
    const come: Prints = await this.ask(bubble).catch(() => "failed" as const);
    this.isUnderWay = false;
    if (bubble.id === this.bubble?.id) {
      this.prints = come;
      this.onCome();
    } else if (this.bubble !== null && this.isMeant) void this.askThese(this.bubble);
  }
}
