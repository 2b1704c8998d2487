import { describe, expect, it } from "vitest";
import { drawCvd } from "../../src/flow/draw/cvd";
import type { FlowState } from "../../src/flow/flowState";
import { type CvdScene, cvdScene } from "../../src/flow/scene/cvd";
import { DEFAULTS, type FlowSettings } from "../../src/flow/settings";
import { cvdPoint, ns } from "./messages";
import { COLOURS, Paper } from "./paper";
import { AXIS, at, BASE, plainScenes, priceOf, second, stateAt800 } from "./plain";

/** With a tenth of room above and below -20 to 100, a pixel is a contract: 112 is at the upper edge. */
const HEIGHT = 144;
const heightOf = (value: number) => 112 - value;

const POINTS = [
  cvdPoint(second(100), 0, { buckets: [0, 5, -5] }),
  cvdPoint(second(200), 100, { buckets: [30, 50, 20] }),
  cvdPoint(second(300), -20, { buckets: [-10, 0, -10] }),
];
const flip = (s: number, cvdAfter: number, direction: string, flipType: string) => ({
  type: "DeltaFlip",
  id: `flip ${s}`,
  ...at(s),
  price: priceOf(BASE),
  flipType,
  direction,
  cvdBefore: 0,
  cvdAfter,
});
const FLIPS = [flip(200, 100, "bullish", "reversal"), flip(300, -20, "bearish", "zero_cross")];
const DIVERGENCE = {
  type: "Divergence",
  id: "d",
  ...at(300),
  price: priceOf(BASE + 44),
  direction: "bullish",
  priceFrom: priceOf(BASE + 44),
  priceTo: priceOf(BASE + 40),
  cvdFrom: 0,
  cvdTo: -20,
  fromNs: ns(second(100)),
};

function paneOf(state: FlowState, change: Partial<FlowSettings> = {}): CvdScene {
  const settings = { ...DEFAULTS, ...change };
  return cvdScene(state, { axis: AXIS, seen: AXIS }, HEIGHT, settings, [], null);
}

describe("the pane of the CVD", () => {
  it("has the line at its numbers, up to now, and nought where it is", () => {
    const { line, zeroY } = paneOf(stateAt800(...POINTS));
    expect(line?.xs).toEqual([100, 200, 300, 800]);
    expect(line?.ys.map((y) => Math.round(y))).toEqual([0, 100, -20, -20].map(heightOf));
    expect(zeroY).toBeCloseTo(heightOf(0));
  });

  it("has a line for each size of trade, on the same scale, where they are wanted", () => {
    const { buckets } = paneOf(stateAt800(...POINTS), { buckets: true });
    const heights = buckets.map(({ ys }) => ys.map((y) => Math.round(y)));
    expect(heights).toEqual([
      [0, 30, -10, -10].map(heightOf),
      [5, 50, 0, 0].map(heightOf),
      [-5, 20, -10, -10].map(heightOf),
    ]);
    expect(buckets.map(({ xs }) => xs)).toEqual(Array(3).fill([100, 200, 300, 800]));
    expect(paneOf(stateAt800(...POINTS)).buckets).toEqual([]);
  });

  it("marks flips and reversals at their time and number", () => {
    const { flips } = paneOf(stateAt800(...POINTS, ...FLIPS));
    expect(flips).toEqual([
      { x: 200, y: expect.closeTo(heightOf(100)), isUp: true, isReversal: true },
      { x: 300, y: expect.closeTo(heightOf(-20)), isUp: false, isReversal: false },
    ]);
  });

  it("has a divergence from the delta of one swing to that of the other", () => {
    const { disagreements } = paneOf(stateAt800(...POINTS, DIVERGENCE));
    expect(disagreements).toEqual([
      {
        x: 100,
        y: expect.closeTo(heightOf(0)),
        toX: 300,
        toY: expect.closeTo(heightOf(-20)),
        isUp: true,
      },
    ]);
  });

  it("marks neither where it goes on from session to session: they are of the session's", () => {
    const { flips, disagreements } = paneOf(stateAt800(...POINTS, ...FLIPS, DIVERGENCE), {
      continuous: true,
    });
    expect([flips, disagreements]).toEqual([[], []]);
  });
});

describe("the pane of the CVD, drawn", () => {
  const state = stateAt800(...POINTS, ...FLIPS, DIVERGENCE);
  const { below } = plainScenes(state, { buckets: true });
  const { top } = below.frame.cvd;
  const paper = new Paper();
  drawCvd(paper.context, below, COLOURS);
  const lowered = (xs: readonly number[] = [], ys: readonly number[] = []) =>
    xs.map((x, i) => [x, expect.closeTo(top + (ys[i] ?? 0))]);

  it("has the line and each size of trade in a colour of its own", () => {
    const strokes = [below.cvd?.line, ...(below.cvd?.buckets ?? [])].map((line) => [
      lowered(line?.xs, line?.ys),
    ]);
    const drawn = ["accent", "dim", "vwap", "area"].map((colour) => paper.strokedIn(colour));
    expect(drawn.map((found) => found.length)).toEqual([1, 1, 1, 1]);
    expect(drawn.map(([stroke]) => stroke?.lines)).toEqual(strokes);
  });

  it("points each flip the way it went, a reversal more faintly", () => {
    const [up, down] = below.cvd?.flips ?? [];
    const pointed = (x: number, y: number, tip: number) =>
      [
        [x, y + tip],
        [x + 4, y - tip * 0.4],
        [x - 4, y - tip * 0.4],
      ].map(([of, height = 0]) => [of, expect.closeTo(top + height)]);
    expect(paper.shapes).toEqual([
      { colour: "buy", alpha: 0.6, points: pointed(200, up?.y ?? Number.NaN, -5) },
      { colour: "sell", alpha: 1, points: pointed(300, down?.y ?? Number.NaN, 5) },
    ]);
  });

  it("has the divergence in dashes of the colour of what it foretells", () => {
    const [one] = below.cvd?.disagreements ?? [];
    const [stroke, ...others] = paper.strokedIn("buy");
    expect(others).toEqual([]);
    expect(stroke?.dash).toEqual([4, 2]);
    expect(stroke?.lines).toEqual([lowered([100, 300], [one?.y ?? 0, one?.toY ?? 0])]);
  });
});
