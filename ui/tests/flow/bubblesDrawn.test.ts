import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BubbleSprites } from "../../src/flow/draw/bubbles";
import { type BubbleShape, bubblesScene, MOST_BUBBLES } from "../../src/flow/scene/bubbles";
import { bubble } from "./messages";
import { type Circle, COLOURS, Paper } from "./paper";
import { AXIS, BASE, priceOf, second, stateAt800, WIDTH, y } from "./plain";

/** Each tier's size, bought; then one sold, and one of nearly both sides. */
const TIERS = [5, 20, 60, 120, 240];
const TOLD = [
  ...TIERS.map((size, tier) => bubble(second(100 * tier + 100), priceOf(BASE + 20), size, 0, tier)),
  bubble(second(600), priceOf(BASE + 30.5), 0, 60, 2),
  bubble(second(700), priceOf(BASE + 40), 33, 27, 2),
];
const LIMITS = { minSize: 0, most: MOST_BUBBLES, clearedMs: Number.NEGATIVE_INFINITY };
const RATIO = 2;

function shapesByTime(): BubbleShape[] {
  const { shapes } = bubblesScene(stateAt800(...TOLD), AXIS, { width: WIDTH, height: 600 }, LIMITS);
  return shapes.sort((a, b) => a.x - b.x);
}

describe("bubbles of each tier", () => {
  it("stand at their time and price, as large as the square root of their size", () => {
    const shapes = shapesByTime();
    expect(shapes.map(({ x }) => x)).toEqual([100, 200, 300, 400, 500, 600, 700]);
    expect(shapes.map((shape) => shape.y)).toEqual(
      [20, 20, 20, 20, 20, 30.5, 40].map((tick) => y(BASE + tick)),
    );
    const radii = shapes.map(({ radius }) => radius);
    for (const [tier, size] of TIERS.entries()) {
      expect((radii[tier] ?? 0) / (radii[2] ?? 1)).toBeCloseTo(Math.sqrt(size / 60));
    }
    expect(radii[5]).toBe(radii[2]);
  });
});

describe("bubbles, drawn", () => {
  const sheets: Paper[] = [];

  beforeEach(() => {
    sheets.length = 0;
    vi.stubGlobal(
      "OffscreenCanvas",
      class {
        private readonly paper = new Paper();
        constructor(readonly width: number) {
          sheets.push(this.paper);
        }
        getContext() {
          return this.paper.context;
        }
        transferToImageBitmap() {
          return { width: this.width, circles: this.paper.circles };
        }
      },
    );
  });
  afterEach(() => vi.unstubAllGlobals());

  function drawn(isHollow = false): { circles: Circle[]; middle: readonly number[] }[] {
    const paper = new Paper();
    new BubbleSprites(COLOURS, RATIO).draw(paper.context, shapesByTime(), isHollow);
    return paper.copies.map(({ image, x, y: top }) => {
      const { width, circles } = image as { width: number; circles: Circle[] };
      return { circles, middle: [(x + width / 2) / RATIO, (top + width / 2) / RATIO] };
    });
  }

  it("have their middle where they stand, to a pixel of the screen", () => {
    for (const [at, shape] of shapesByTime().entries()) {
      const [x = 0, top = 0] = drawn()[at]?.middle ?? [];
      expect(Math.abs(x - shape.x)).toBeLessThanOrEqual(1 / RATIO);
      expect(Math.abs(top - shape.y)).toBeLessThanOrEqual(1 / RATIO);
    }
  });

  it("have a ring around them from the middle tier on, stronger with each", () => {
    const rings = drawn().map(({ circles }) => {
      const [disc, , ring] = circles;
      return ring === undefined ? null : [ring.radius - (disc?.radius ?? 0), ring.alpha];
    });
    const ring = (alpha: number) => [expect.closeTo(2.2), expect.closeTo(alpha)];
    expect(rings).toEqual([null, null, ring(0.25), ring(0.4), ring(0.55), ring(0.25), ring(0.25)]);
  });

  it("have the colour of their side, and are faint where neither side stands out", () => {
    const discs = drawn().map(({ circles: [disc] }) => [disc?.colour, disc?.alpha, disc?.isFilled]);
    expect(discs[0]).toEqual(["buy", 0.5, true]);
    expect(discs[5]).toEqual(["sell", 0.5, true]);
    expect(discs[6]).toEqual(["buy", 0.12, true]);
    expect(new Set(drawn(true).map(({ circles: [disc] }) => disc?.alpha))).toEqual(new Set([0.08]));
  });

  it("that are alike are painted once", () => {
    drawn();
    // The two of 60 differ in their side, the one of 33 in what it means.
    expect(sheets.length).toBe(7);
    const paper = new Paper();
    const sprites = new BubbleSprites(COLOURS, RATIO);
    sprites.draw(paper.context, shapesByTime(), false);
    sprites.draw(paper.context, shapesByTime(), false);
    expect(sheets.length).toBe(14);
    expect(paper.copies.length).toBe(14);
  });
});
