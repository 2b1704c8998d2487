import { describe, expect, it } from "vitest";
import { bubbleAt, bubblesScene, MOST_BUBBLES, radiusOf } from "../../src/flow/scene/bubbles";
import { TimeAxis } from "../../src/flow/scene/timeAxis";
import { DEFAULTS } from "../../src/flow/settings";
import { bubble, START_MS } from "./messages";
import { fitted, full, SIZE, stateOf } from "./scenes";

describe("bubbles", () => {
  const limits = { minSize: 0, most: MOST_BUBBLES, clearedMs: Number.NEGATIVE_INFINITY };
  const axis = new TimeAxis(fitted(full, 10_000, DEFAULTS), SIZE.width, null);

  it("have areas in the ratio of their sizes", () => {
    expect(radiusOf(40, 100, 30) / radiusOf(10, 100, 30)).toBeCloseTo(2);
  });

  it("come the largest first, so that small ones lie on top", () => {
    const { shapes } = bubblesScene(full, axis, SIZE, limits);
    const radii = shapes.map(({ radius }) => radius);
    expect(radii).toEqual([...radii].sort((a, b) => b - a));
    expect(shapes.length).toBeGreaterThan(500);
  });

  it("smaller than asked are left out", () => {
    const { shapes } = bubblesScene(full, axis, SIZE, { ...limits, minSize: 100 });
    expect(shapes.length).toBeGreaterThan(0);
    expect(shapes.every(({ item }) => item.size >= 100)).toBe(true);
  });

  it("of which there are too many leave the smallest out, and say so", () => {
    const { shapes, leastSize } = bubblesScene(full, axis, SIZE, { ...limits, most: 200 });
    expect(shapes.length).toBeLessThanOrEqual(200);
    expect(leastSize).toBeGreaterThan(0);
  });

  it("that were wiped off are gone", () => {
    const clearedMs = (full.nowMs ?? 0) - 60_000;
    const { shapes } = bubblesScene(full, axis, SIZE, { ...limits, clearedMs });
    expect(shapes.every(({ item }) => item.ms >= clearedMs)).toBe(true);
  });

  it("are found where they are: the smallest that holds the place", () => {
    const two = stateOf([bubble(START_MS, 6_000, 400, 0), bubble(START_MS, 6_000, 4, 0)]);
    const view = { endMs: START_MS + 5_000, msPerPx: 100, topTick: 24_010, ticksPerPx: 0.1 };
    const { shapes } = bubblesScene(two, new TimeAxis(view, 1_000, null), SIZE, limits);
    expect(bubbleAt(shapes, 950, 100)?.item.size).toBe(4);
    expect(bubbleAt(shapes, 965, 100)?.item.size).toBe(400);
    expect(bubbleAt(shapes, 100, 100)).toBeNull();
  });
});
