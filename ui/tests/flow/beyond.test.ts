import { describe, expect, it } from "vitest";
import { belowScene } from "../../src/flow/scene/below";
import { frameFor } from "../../src/flow/scene/frame";
import { pricesScene } from "../../src/flow/scene/prices";
import { TimeAxis } from "../../src/flow/scene/timeAxis";
import { DEFAULTS } from "../../src/flow/settings";
import { axisOf, fitted, full, NOT_WIPED, SIZE } from "./scenes";

describe("what is drawn beyond the edges", () => {
  const settings = { ...DEFAULTS, cvd: "candles" as const };
  const view = fitted(full, 3_000, settings);
  const frame = frameFor(SIZE, settings);
  const seen = axisOf(full, view, frame);
  const more = 250;
  const wide = new TimeAxis(
    { ...view, endMs: view.endMs - 100_000 + more * view.msPerPx },
    frame.plot.width + 2 * more,
    null,
  );
  const narrow = new TimeAxis({ ...view, endMs: view.endMs - 100_000 }, seen.width, null);

  it("leaves the scale of the CVD as what is seen has it", () => {
    const own = belowScene(full, narrow, narrow, frame, settings, NOT_WIPED);
    const more = belowScene(full, wide, narrow, frame, settings, NOT_WIPED);
    expect(more.cvd?.scale).toEqual(own.cvd?.scale);
    expect(more.cvd?.candles.length).toBeGreaterThan(own.cvd?.candles.length ?? 0);
  });

  it("leaves strengths and type as what is seen has them", () => {
    const bars = { ...settings, bars: "footprint" as const };
    const of = (axis: TimeAxis) => ({
      footer: belowScene(full, axis, narrow, frameFor(SIZE, bars), bars, NOT_WIPED).footer,
      font: pricesScene(full, { axis, seen: narrow }, frame.plot, bars, NOT_WIPED).bars.font,
    });
    const [own, more] = [of(narrow), of(wide)];
    expect(more.footer?.cells.length).toBeGreaterThan(own.footer?.cells.length ?? 0);
    expect(more.footer?.mostVolume).toBe(own.footer?.mostVolume);
    expect(more.footer?.mostDelta).toBe(own.footer?.mostDelta);
    expect(more.font).toBe(own.font);
  });

  it("shifts what is seen, and changes nothing of it", () => {
    const own = pricesScene(full, { axis: narrow, seen: narrow }, frame.plot, settings, NOT_WIPED);
    const size = { ...frame.plot, width: wide.width };
    const shifted = pricesScene(full, { axis: wide, seen: narrow }, size, settings, NOT_WIPED);
    const places = new Map(shifted.bars.candles.map(({ fromMs, x }) => [fromMs, x]));
    expect(own.bars.candles.length).toBeGreaterThan(10);
    for (const { fromMs, x } of own.bars.candles) {
      expect(places.get(fromMs)).toBeCloseTo(x + more);
    }
    expect(shifted.levels.map(({ name, y }) => [name, y])).toEqual(
      own.levels.map(({ name, y }) => [name, y]),
    );
  });
});
