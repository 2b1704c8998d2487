import { describe, expect, it } from "vitest";
import { KEY_MAP, nextSpeed, routeKey, type Stroke } from "../../src/keys/keys";

function strike(key: string, more: Partial<Stroke> = {}) {
  return routeKey({
    key,
    shift: false,
    modified: false,
    focus: "page",
    isReplay: true,
    helpOpen: false,
    ...more,
  });
}

describe("keys of a replay", () => {
  it("Space plays, arrows step and go back, Shift goes farther", () => {
    expect(strike(" ")).toBe("toggle-play");
    expect(strike("ArrowRight")).toBe("step");
    expect(strike("ArrowLeft")).toBe("step-back");
    expect(strike("ArrowRight", { shift: true })).toBe("forward-far");
    expect(strike("ArrowLeft", { shift: true })).toBe("back-far");
  });

  it("mean nothing where the source is no replay", () => {
    expect(["ArrowRight", " ", ">"].map((key) => strike(key, { isReplay: false }))).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("Home and End go to the ends, and N, J and V from place to place, back with Shift", () => {
    expect(strike("Home")).toBe("start");
    expect(strike("End")).toBe("end");
    expect(strike("n")).toEqual({ jump: "next_trade" });
    expect(strike("N", { shift: true })).toEqual({ jump: "previous_trade" });
    expect(strike("j")).toEqual({ jump: "next_gap" });
    expect(strike("V", { shift: true })).toEqual({ jump: "previous_crossing" });
    expect(strike("g")).toBe("go-to");
  });

  it("leave a slider, a tab and a focused button what is theirs", () => {
    expect(strike("ArrowRight", { focus: "slider" })).toBeNull();
    expect(strike("ArrowRight", { focus: "tab" })).toBeNull();
    expect(strike(" ", { focus: "button" })).toBeNull();
    expect(strike("ArrowRight", { focus: "button" })).toBe("step");
  });
});

describe("keys of the page", () => {
  it("do nothing while a person types, except Escape", () => {
    for (const key of [" ", "t", "/", "?", "1", "ArrowLeft"])
      expect(strike(key, { focus: "text" })).toBeNull();
    expect(strike("Escape", { focus: "text" })).toBe("close");
  });

  it("leave the browser its own shortcuts", () => {
    expect(strike("l", { modified: true })).toBeNull();
    expect(strike("t", { modified: true })).toBeNull();
  });

  it("open and close the help; nothing else works under it", () => {
    expect(strike("?")).toBe("help");
    expect(strike("?", { helpOpen: true })).toBe("close");
    expect(strike("x", { helpOpen: true })).toBeNull();
  });

  it("choose intervals by digit and take capitals as letters", () => {
    expect(strike("1")).toEqual({ interval: 0 });
    expect(strike("7")).toEqual({ interval: 6 });
    expect(strike("9")).toBeNull();
    expect(strike("T")).toBe("theme");
  });
});

it("the speed ladder goes up to as fast as possible, and back", () => {
  expect(nextSpeed(1, 1)).toBe(2);
  expect(nextSpeed(3, 1)).toBe(5);
  expect(nextSpeed(100, 1)).toBeNull();
  expect(nextSpeed(null, 1)).toBeNull();
  expect(nextSpeed(null, -1)).toBe(100);
  expect(nextSpeed(0.5, -1)).toBe(0.5);
});

it("the help names every letter once", () => {
  const keys = KEY_MAP.flatMap(({ keys }) => keys.map(([key]) => key));
  expect(new Set(keys).size).toBe(keys.length);
});
