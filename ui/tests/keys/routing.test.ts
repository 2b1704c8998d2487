import { describe, expect, it } from "vitest";
import { ACTIONS, type ActionId } from "../../src/keys/actions";
import { actionOf, conflictsOf, keysOf, type Rebound, readRebound } from "../../src/keys/keymap";
import { routeKey, type Stroke } from "../../src/keys/routing";
import { nextSpeed } from "../../src/keys/speeds";
import { strokeOf, strokeText } from "../../src/keys/strokes";

function strike(key: string, more: Partial<Stroke> = {}, rebound: Rebound = {}) {
  const routed = routeKey(
    {
      key,
      shift: false,
      mod: false,
      alt: false,
      focus: "page",
      isReplay: true,
      overlay: null,
      ...more,
    },
    rebound,
  );
  if (routed === null) return null;
  return routed.do === "type" ? `type ${routed.letter}` : routed.do;
}

const SHIFT = { shift: true };

describe("keys of a replay", () => {
  it("Space plays, arrows step and go back, Shift goes farther", () => {
    expect(strike(" ")).toBe("toggle-play");
    expect(strike("ArrowRight")).toBe("step");
    expect(strike("ArrowLeft")).toBe("step-back");
    expect(strike("ArrowRight", SHIFT)).toBe("forward-far");
    expect(strike("ArrowLeft", SHIFT)).toBe("back-far");
  });

  it("mean nothing where the source is no replay", () => {
    const live = { isReplay: false };
    expect(["ArrowRight", " ", ">"].map((key) => strike(key, live))).toEqual([null, null, null]);
    expect(strike("N", { ...SHIFT, ...live })).toBe("type N");
  });

  it("Home and End go to the ends, and letters with Shift from place to place", () => {
    expect(strike("Home")).toBe("start");
    expect(strike("End")).toBe("end");
    expect(strike("N", SHIFT)).toBe("next_trade");
    expect(strike("B", SHIFT)).toBe("previous_trade");
    expect(strike("G", SHIFT)).toBe("go-to");
  });

  it("leave a slider, a tab and a focused button what is theirs", () => {
    expect(strike("ArrowRight", { focus: "slider" })).toBeNull();
    expect(strike("ArrowRight", { focus: "tab" })).toBeNull();
    expect(strike(" ", { focus: "button" })).toBeNull();
    expect(strike("ArrowRight", { focus: "button" })).toBe("step");
  });
});

describe("keys of the page", () => {
  it("are those that a trader knows", () => {
    const known: [string, ActionId][] = [
      ["r", "reset-cvd"],
      ["c", "clear"],
      ["m", "mute"],
      ["s", "screenshot"],
      ["f", "follow"],
      ["?", "help"],
      ["/", "palette"],
    ];
    for (const [key, action] of known) expect(strike(key, { isReplay: false })).toBe(action);
    expect(strike("k", { mod: true })).toBe("palette");
    expect(strike("Escape")).toBe("close");
  });

  it("choose intervals by digit", () => {
    expect(strike("1")).toBe("interval-1s");
    expect(strike("8")).toBe("interval-1d");
    expect(strike("0")).toBe("fitting");
    expect(strike("9")).toBeNull();
  });

  it("begin the search of a symbol with every letter that is bound to nothing", () => {
    expect(strike("n")).toBe("type N");
    expect(strike("E")).toBe("type E");
    expect(strike("g")).toBe("type G");
    expect(strike("n", { mod: true })).toBeNull();
    expect(strike("é")).toBeNull();
  });

  it("let every letter begin it: one that means something does with Shift", () => {
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    const begins = (letter: string) =>
      [{}, SHIFT].some((more) => strike(letter, more) === `type ${letter}`);
    expect(letters.filter((letter) => !begins(letter))).toEqual([]);
    expect(["R", "C", "M", "S", "F"].map((letter) => strike(letter, SHIFT))).toEqual([
      "type R",
      "type C",
      "type M",
      "type S",
      "type F",
    ]);
  });

  it("are the same with capitals locked, and where another alphabet is typed", () => {
    expect(strike("M")).toBe("mute");
    expect(strike("ь", { code: "KeyM" })).toBe("mute");
    expect(strike("t", SHIFT)).toBe("theme");
  });

  it("do nothing while a person types, except Escape and the palette", () => {
    for (const key of [" ", "t", "/", "?", "1", "ArrowLeft"])
      expect(strike(key, { focus: "text" })).toBeNull();
    expect(strike("Escape", { focus: "text" })).toBe("close");
    expect(strike("k", { focus: "text", mod: true })).toBe("palette");
  });

  it("leave the browser its own shortcuts", () => {
    expect(strike("r", { mod: true })).toBeNull();
    expect(strike("s", { mod: true })).toBeNull();
    expect(strike("Tab")).toBeNull();
    expect(strike("Shift", SHIFT)).toBeNull();
  });

  it("do nothing under what is open, which its own key closes", () => {
    expect(strike("?", { overlay: "help" })).toBe("close");
    expect(strike("k", { overlay: "palette", mod: true, focus: "text" })).toBe("close");
    expect(strike("m", { overlay: "settings" })).toBeNull();
    expect(strike("n", { overlay: "settings" })).toBeNull();
  });
});

describe("other keys", () => {
  it("hold in place of the first ones, which are free then", () => {
    const rebound: Rebound = { mute: ["Shift+Q", "x"] };
    expect(strike("q", SHIFT, rebound)).toBe("mute");
    expect(strike("m", {}, rebound)).toBe("type M");
    expect(keysOf("mute", rebound)).toEqual(["Shift+Q", "x"]);
  });

  it("that two actions have are a conflict, and the first of them is done", () => {
    const rebound: Rebound = { screenshot: ["M"] };
    expect(conflictsOf("screenshot", rebound).map(({ id }) => id)).toEqual(["mute"]);
    expect(conflictsOf("mute", rebound).map(({ id }) => id)).toEqual(["screenshot"]);
    expect(strike("m", {}, rebound)).toBe("mute");
  });

  it("are read from what another version left", () => {
    const kept = { mute: ["Q", 3, "Escape"], "of-another-version": ["Z"], theme: "T" };
    expect(readRebound(kept)).toEqual({ mute: ["Q"] });
    expect([null, "x", undefined].map(readRebound)).toEqual([{}, {}, {}]);
  });
});

it("no two actions begin with the same key, and each has a name of its own", () => {
  expect(ACTIONS.filter(({ id }) => conflictsOf(id, {}).length > 0)).toEqual([]);
  expect(new Set(ACTIONS.map(({ id }) => id)).size).toBe(ACTIONS.length);
  expect(new Set(ACTIONS.map(({ title }) => title)).size).toBe(ACTIONS.length);
});

it("every key that an action has is the text of the stroke", () => {
  for (const { id, keys } of ACTIONS) {
    for (const key of keys) {
      const parts = key.split("+");
      const struck = {
        key: parts.at(-1) === "Space" ? " " : (parts.at(-1) ?? ""),
        shift: parts.includes("Shift"),
        mod: parts.includes("Mod"),
        alt: parts.includes("Alt"),
      };
      expect(strokeOf(struck)).toBe(key);
      expect(actionOf(key, {}, true)?.id).toBe(id);
    }
  }
});

it("strokes are written as they stand on the keys", () => {
  expect(strokeText("Shift+ArrowRight")).toBe("Shift →");
  expect(strokeText("Mod+K")).toMatch(/^(Ctrl|⌘) K$/);
  expect(strokeText("+")).toBe("+");
});

it("the speed ladder goes up to as fast as possible, and back", () => {
  expect(nextSpeed(1, 1)).toBe(2);
  expect(nextSpeed(3, 1)).toBe(5);
  expect(nextSpeed(100, 1)).toBeNull();
  expect(nextSpeed(null, 1)).toBeNull();
  expect(nextSpeed(null, -1)).toBe(100);
  expect(nextSpeed(0.5, -1)).toBe(0.5);
});
