import { describe, expect, it } from "vitest";
import {
  byStudy,
  decodeThreshold,
  decodeThresholds,
  isChanged,
  ownText,
  valueText,
} from "../../src/signals/thresholds";

function row(name: string, set: Record<string, string> = {}, byDefault = "1s") {
  return { name, default: byDefault, set, unit: "time", meaning: "How long." };
}

describe("a threshold", () => {
  it("is read with its study, its default, and what is set of which instruments", () => {
    expect(decodeThreshold(row("windows.length", { all: "2s", NQ: "5s" }))).toEqual({
      study: "windows",
      own: "length",
      byDefault: "1s",
      set: [
        { of: "all", value: "2s" },
        { of: "NQ", value: "5s" },
      ],
      unit: "time",
      meaning: "How long.",
    });
  });

  it("is changed where any instrument has another value than the default", () => {
    const changed = (set: Record<string, string>) =>
      isChanged(decodeThreshold(row("windows.length", set)));
    expect(changed({})).toBe(false);
    expect(changed({ all: "1s" })).toBe(false);
    expect(changed({ all: "1s", NQ: "2s" })).toBe(true);
  });

  it("what is no threshold is refused", () => {
    expect(() => decodeThreshold({ name: "windows.length" })).toThrow(/default/);
    expect(() => decodeThreshold(row("windows.length", { all: 2 as never }))).toThrow(/all/);
    expect(() => decodeThresholds({})).toThrow(/a list/);
  });

  it("has its unit after it, and a time its own", () => {
    expect(valueText("30", "contracts")).toBe("30 contracts");
    expect(valueText("2m", "time")).toBe("2m");
    expect(valueText("true", "")).toBe("true");
  });
});

it("thresholds stand by study, in their order", () => {
  const names = ["windows.length", "windows.percentile", "sweeps.min_levels"];
  const studies = byStudy(decodeThresholds(names.map((name) => row(name))));
  expect(studies.map(({ study, of }) => [study, of.length])).toEqual([
    ["windows", 2],
    ["sweeps", 1],
  ]);
});

it("own thresholds are told in a line, the first ones where there is no room for all", () => {
  const own = { "absorption.expiry": "2m", "windows.length": "2s", "outcomes.win_move": "4.0" };
  expect(ownText(own)).toBe("absorption.expiry 2m, windows.length 2s, outcomes.win_move 4.0");
  expect(ownText(own, 1)).toBe("absorption.expiry 2m and 2 more");
  expect(ownText({})).toBe("");
});
