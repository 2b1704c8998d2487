/** Which stretch of time was fetched or streamed without a hole: columns alone cannot tell, as quiet stretches have none. */

export interface Span {
  fromMs: number;
  toMs: number;
}

export class Coverage {
  private span: Span | null = null;

  get known(): Span | null {
    return this.span;
  }

  has(ms: number): boolean {
    return this.span !== null && ms >= this.span.fromMs && ms < this.span.toMs;
  }

  /** Note that a stretch is known; one that does not touch what was known takes its place. */
  add(fromMs: number, toMs: number): void {
    if (toMs <= fromMs) return;
    const { span } = this;
    if (span === null || fromMs > span.toMs || toMs < span.fromMs) {
      this.span = { fromMs, toMs };
      return;
    }
    this.span = { fromMs: Math.min(span.fromMs, fromMs), toMs: Math.max(span.toMs, toMs) };
  }

  /** Note what the ring has no room for any more. */
  forgetBefore(ms: number): void {
    if (this.span === null || this.span.fromMs >= ms) return;
    this.span = this.span.toMs <= ms ? null : { fromMs: ms, toMs: this.span.toMs };
  }

  clear(): void {
    this.span = null;
  }

  /** What has to be fetched so that a stretch is known, and as much again before it; null: nothing. */
  missing(fromMs: number, toMs: number, earliestMs: number): Span | null {
    const from = Math.max(fromMs, earliestMs);
    if (toMs <= from) return null;
    const { span } = this;
    const ahead = Math.max(earliestMs, from - (toMs - from));
    if (span === null || toMs < span.fromMs || from > span.toMs) return { fromMs: ahead, toMs };
    if (from < span.fromMs) return { fromMs: ahead, toMs: span.fromMs };
    if (toMs > span.toMs) return { fromMs: span.toMs, toMs };
    return null;
  }
}
