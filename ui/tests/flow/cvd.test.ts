import { describe, expect, it } from "vitest";
import { frameFor } from "../../src/flow/scene/frame";
import { DEFAULTS } from "../../src/flow/settings";
import { fitted, full, NOT_WIPED, SIZE, scenesAt, scenesOf } from "./scenes";

describe("the pane of the CVD", () => {
  it("keeps lows and highs where a pixel holds many points", () => {
    const { cvd, frame } = scenesAt(full, 30_000).below;
    const ys = cvd?.line?.ys ?? [];
    expect(ys.length).toBeLessThan(4 * frame.width + 8);
    expect(Math.min(...ys)).toBeCloseTo(frame.cvd.height * (0.1 / 1.2), 0);
    expect(Math.max(...ys)).toBeCloseTo(frame.cvd.height * (1.1 / 1.2), 0);
  });

  it("has a candle for each bar, each beginning where the last one ended", () => {
    const { below, prices } = scenesAt(full, 3_000, { cvd: "candles" });
    const candles = below.cvd?.candles ?? [];
    expect(candles.length).toBe(prices.bars.candles.length);
    for (let at = 1; at < candles.length; at += 1) {
      expect(candles[at]?.open).toBeCloseTo(candles[at - 1]?.close ?? Number.NaN);
    }
  });

  it("counts from where a person set it to nought", () => {
    const baselineMs = (full.nowMs ?? 0) - 600_000;
    const frame = frameFor(SIZE, DEFAULTS);
    const view = fitted(full, 3_000, DEFAULTS);
    const { below } = scenesOf(full, view, frame, DEFAULTS, { ...NOT_WIPED, baselineMs });
    expect(below.cvd?.scale.zero).toBe(full.cvd.standingAt(baselineMs, 0));
  });
});
