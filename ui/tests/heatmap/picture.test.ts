import { describe, expect, it } from "vitest";
import { steadyCutoffs } from "../../src/heatmap/cutoffs";
import { PicturePlan, type Piece } from "../../src/heatmap/picture";

const NEVER = Number.POSITIVE_INFINITY;

function screen(pieces: readonly Piece[]): number[] {
  return pieces.flatMap(({ x, width, shift }) =>
    Array.from({ length: width }, (_, i) => x + i + shift),
  );
}

/** What a person sees: for every column of pixels the time that was drawn there. */
class Canvas {
  readonly ring: number[];
  seen: number[] = [];
  drawn = 0;

  constructor(
    readonly plan: PicturePlan,
    readonly width: number,
  ) {
    this.ring = new Array<number>(width).fill(Number.NaN);
  }

  draw(end: number, changed = NEVER, key = "k"): void {
    this.drawn = 0;
    for (const { x, width, shift } of this.plan.next(key, this.width, end, changed)) {
      this.drawn += width;
      for (let i = x; i < x + width; i += 1) this.ring[i] = end - this.width + i + shift;
    }
    this.seen = new Array<number>(this.width).fill(Number.NaN);
    for (const { x, width, shift } of this.plan.pieces(0, this.width)) {
      for (let i = x; i < x + width; i += 1) this.seen[i + shift] = this.ring[i] ?? Number.NaN;
    }
  }
}

function timesTo(end: number, width: number): number[] {
  return Array.from({ length: width }, (_, i) => end - width + i);
}

describe("the kept picture", () => {
  it("shows every time at its place, however time moves on", () => {
    const canvas = new Canvas(new PicturePlan(), 7);
    for (const end of [100, 101, 103, 103, 108, 114, 121, 140, 139, 141]) {
      canvas.draw(end);
      expect(canvas.seen).toEqual(timesTo(end, 7));
    }
  });

  it("draws no more than came, and what changed with all to its right", () => {
    const canvas = new Canvas(new PicturePlan(), 100);
    canvas.draw(1_000);
    expect(canvas.drawn).toBe(100);
    canvas.draw(1_002);
    expect(canvas.drawn).toBe(2);
    canvas.draw(1_003, 94.5);
    expect(canvas.drawn).toBe(6);
    canvas.draw(1_003);
    expect(canvas.drawn).toBe(0);
  });

  it("draws all of it where anything else changed, or pixels would be split", () => {
    const canvas = new Canvas(new PicturePlan(), 50);
    canvas.draw(10);
    canvas.draw(11, NEVER, "another scale");
    expect(canvas.drawn).toBe(50);
    canvas.draw(11.4, NEVER, "another scale");
    expect(canvas.drawn).toBe(50);
    canvas.draw(12.4, NEVER, "another scale");
    expect(canvas.drawn).toBe(1);
    canvas.plan.clear();
    canvas.draw(12.4, NEVER, "another scale");
    expect(canvas.drawn).toBe(50);
  });

  it("covers a stretch of the screen once, in at most two pieces", () => {
    const plan = new PicturePlan();
    plan.next("k", 10, 0, NEVER);
    plan.next("k", 10, 7, NEVER);
    expect(plan.pieces(1, 9)).toHaveLength(2);
    expect(screen(plan.pieces(1, 9))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe("the cut-offs in use", () => {
  it("stay while they are about right", () => {
    const inUse = { low: 10, high: 100 };
    expect(steadyCutoffs(null, inUse)).toBe(inUse);
    expect(steadyCutoffs(inUse, { low: 10.5, high: 92 })).toBe(inUse);
    expect(steadyCutoffs(inUse, { low: 10, high: 120 })).toEqual({ low: 10, high: 120 });
  });
});
