import { describe, expect, it } from "vitest";
import { atFraction, fractionOf, parseTarget } from "../../src/market/seeking";
import { parseTime } from "../../src/market/times";

const S = 1_000_000_000n;
const ns = (text: string) => parseTime(text) ?? 0n;
const TAPE = {
  startNs: ns("2026-01-05T22:00:00Z"),
  endNs: ns("2026-01-06T02:00:00Z"),
  cursorNs: ns("2026-01-05T23:00:00Z"),
};

function timeOf(typed: string): bigint | null {
  const target = parseTarget(typed, TAPE, "utc");
  return target?.kind === "time" ? target.ns : null;
}

describe("a typed place", () => {
  it("is a time of day with as many digits as wanted", () => {
    expect(timeOf("22:30")).toBe(ns("2026-01-05T22:30:00Z"));
    expect(timeOf("22:30:05.25")).toBe(ns("2026-01-05T22:30:05.25Z"));
    expect(timeOf("22:30:05.123456789")).toBe(ns("2026-01-05T22:30:05.123456789Z"));
  });

  it("is of the day that lies on the tape, where the cursor's does not", () => {
    expect(timeOf("01:15")).toBe(ns("2026-01-06T01:15:00Z"));
  });

  it("may have its date, or stand in the wire's own forms", () => {
    expect(timeOf("2026-01-06 00:30:00")).toBe(ns("2026-01-06T00:30:00Z"));
    expect(timeOf("2026-01-06T00:30:00.5Z")).toBe(ns("2026-01-06T00:30:00.5Z"));
    expect(timeOf(TAPE.endNs.toString())).toBe(TAPE.endNs);
  });

  it("is counted from the cursor with a sign", () => {
    expect(timeOf("+30")).toBe(TAPE.cursorNs + 30n * S);
    expect(timeOf("-1.5m")).toBe(TAPE.cursorNs - 90n * S);
    expect(timeOf("+1h")).toBe(TAPE.cursorNs + 3_600n * S);
  });

  it("is a share of the tape, or a record by its number", () => {
    expect(timeOf("50%")).toBe(ns("2026-01-06T00:00:00Z"));
    expect(parseTarget("#1200", TAPE, "utc")).toEqual({ kind: "record", position: 1_200 });
  });

  it("is refused where it says no place", () => {
    for (const typed of ["", "noon", "25:99", "14", "#", "#x", "%", "+", "1e9"])
      expect(parseTarget(typed, TAPE, "utc"), typed).toBeNull();
  });
});

it("a share of the span and the place of the share are each other's inverse", () => {
  for (const share of [0, 0.125, 0.5, 0.999, 1])
    expect(fractionOf({ ...TAPE, cursorNs: atFraction(TAPE, share) })).toBeCloseTo(share, 9);
  expect(atFraction(TAPE, -1)).toBe(TAPE.startNs);
  expect(atFraction(TAPE, 2)).toBe(TAPE.endNs);
});
