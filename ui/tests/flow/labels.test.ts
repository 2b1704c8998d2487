import { describe, expect, it } from "vitest";
import { frameFor } from "../../src/flow/scene/frame";
import { LABEL_HEIGHT, levelName, placeLabels } from "../../src/flow/scene/levels";
import { DEFAULTS } from "../../src/flow/settings";
import { numbers } from "./messages";
import { fitted, full, SIZE, scenesOf } from "./scenes";

describe("labels", () => {
  it("stand where they want where there is room", () => {
    expect(placeLabels([100, 200], 600)).toEqual([100, 200]);
  });

  it("never overlap, never leave the plot, and keep the order of what they name", () => {
    const random = numbers(9);
    for (let round = 0; round < 200; round += 1) {
      const wanted = Array.from({ length: Math.floor(random() * 20) }, () => random() * 300);
      const places = placeLabels(wanted, 300);
      const pairs = wanted
        .map((y, at) => [y, places[at] ?? 0] as const)
        .sort((a, b) => a[0] - b[0]);
      for (const [at, [, place]] of pairs.entries()) {
        expect(place).toBeGreaterThanOrEqual(LABEL_HEIGHT / 2 - 1e-6);
        expect(place).toBeLessThanOrEqual(300 - LABEL_HEIGHT / 2 + 1e-6);
        const before = pairs[at - 1];
        if (before !== undefined) {
          expect(place - before[1]).toBeGreaterThanOrEqual(LABEL_HEIGHT - 1e-6);
        }
      }
    }
  });

  it("go without where there is no room for all", () => {
    expect(
      placeLabels(Array(10).fill(20), 3 * LABEL_HEIGHT).filter((y) => y !== null),
    ).toHaveLength(3);
  });

  it("name the defended zones beside the levels, and none stands on another", () => {
    const view = fitted(full, 60_000, DEFAULTS);
    const frame = frameFor(SIZE, DEFAULTS);
    const { prices, edge } = scenesOf(full, view, frame, DEFAULTS);
    const { levels, zones } = prices;
    const { names } = edge;
    expect(zones.length).toBeGreaterThan(0);
    const shown = zones.filter(({ isNamed }) => isNamed);
    expect(shown.map(({ zone }) => zone.strength)).toEqual(["defended"]);
    expect(names.map(({ text }) => text)).toEqual([...levels.map(({ name }) => name), "ABS 360"]);
    const heights = names.map(({ labelY }) => labelY).sort((a, b) => a - b);
    for (const [at, y] of heights.slice(1).entries()) {
      expect(y - (heights[at] ?? 0)).toBeGreaterThanOrEqual(LABEL_HEIGHT - 1e-6);
    }
  });

  it("are short names that traders know", () => {
    const names = ["pdh", "or15l", "or90sh", "vwap-2", "vwap+0.5", "vah", "xyz"];
    expect(names.map(levelName)).toEqual([
      "PDH",
      "OR15 L",
      "OR90s H",
      "VWAP -2σ",
      "VWAP +0.5σ",
      "VAH",
      "XYZ",
    ]);
  });
});
