import { describe, expect, it } from "vitest";
import { parseColour } from "../../src/heatmap/palette";
import {
  centre,
  columnLength,
  fitPrice,
  pan,
  tickAt,
  timeAt,
  type View,
  xOf,
  yOf,
  zoomPrice,
  zoomTime,
} from "../../src/heatmap/view";

const VIEW: View = { endMs: 1_758_742_200_000, msPerPx: 100, topTick: 24_050, ticksPerPx: 0.1 };
const WIDTH = 800;
const HEIGHT = 400;

describe("a view of the heatmap", () => {
  it("finds the pixel of a time and of a price again", () => {
    for (const x of [0, 13.5, 400, 800]) {
      expect(xOf(VIEW, WIDTH, timeAt(VIEW, WIDTH, x))).toBeCloseTo(x, 6);
    }
    for (const y of [0, 17.25, 400]) expect(yOf(VIEW, tickAt(VIEW, y))).toBeCloseTo(y, 6);
  });

  it("keeps the time under the cursor when time is zoomed", () => {
    for (const x of [0, 120, 799]) {
      for (const factor of [0.5, 0.93, 1.4, 3]) {
        const zoomed = zoomTime(VIEW, WIDTH, x, factor);
        expect(timeAt(zoomed, WIDTH, x)).toBeCloseTo(timeAt(VIEW, WIDTH, x), 3);
        expect(zoomed.msPerPx).toBeCloseTo(100 * factor);
        expect(zoomed.topTick).toBe(VIEW.topTick);
      }
    }
  });

  it("keeps the price under the cursor when price is zoomed", () => {
    for (const y of [0, 120, 399]) {
      const zoomed = zoomPrice(VIEW, y, 1.7);
      expect(tickAt(zoomed, y)).toBeCloseTo(tickAt(VIEW, y), 6);
      expect(zoomed.endMs).toBe(VIEW.endMs);
    }
  });

  it("keeps the time under the cursor where it can zoom no further", () => {
    const nearest = zoomTime(VIEW, WIDTH, 300, 1e-9);
    expect(nearest.msPerPx).toBeGreaterThan(0);
    expect(timeAt(nearest, WIDTH, 300)).toBeCloseTo(timeAt(VIEW, WIDTH, 300), 3);
  });

  it("moves with the pointer", () => {
    const panned = pan(VIEW, 50, 20);
    expect(xOf(panned, WIDTH, timeAt(VIEW, WIDTH, 100))).toBeCloseTo(150, 6);
    expect(yOf(panned, tickAt(VIEW, 100))).toBeCloseTo(120, 6);
  });

  it("puts a price in the middle, and a range inside", () => {
    expect(yOf(centre(VIEW, HEIGHT, 24_000), 24_000)).toBeCloseTo(HEIGHT / 2);
    const fitted = fitPrice(VIEW, HEIGHT, { low: 23_990, high: 24_030 });
    expect(yOf(fitted, 23_989.5)).toBeLessThan(HEIGHT);
    expect(yOf(fitted, 24_030.5)).toBeGreaterThan(0);
    expect(yOf(fitted, 24_010)).toBeCloseTo(HEIGHT / 2);
  });

  it("asks for columns of about a pixel or more", () => {
    expect(columnLength(10)).toBe(100);
    expect(columnLength(100)).toBe(100);
    expect(columnLength(101)).toBe(100);
    expect(columnLength(150)).toBe(250);
    expect(columnLength(3_000)).toBe(5_000);
    expect(columnLength(1e9)).toBe(900_000);
  });
});

describe("the theme's colours", () => {
  it("are read in both forms that a style sheet may come in", () => {
    expect(parseColour("#ff0080")).toEqual([1, 0, 128 / 255]);
    expect(parseColour(" #fff")).toEqual([1, 1, 1]);
    expect(parseColour("teal")).toEqual([0.5, 0.5, 0.5]);
  });
});
