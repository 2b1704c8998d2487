/** Which action a key means, and where. Pure: components only carry the actions out. */

import type { JumpTarget } from "../api/http";

export type Action =
  | "toggle-play"
  | "step"
  | "step-back"
  | "start"
  | "end"
  | "go-to"
  | { jump: JumpTarget }
  | "forward-far"
  | "back-far"
  | "faster"
  | "slower"
  | "connect"
  | "disconnect"
  | "fetch"
  | "search"
  | "theme"
  | "colours"
  | "zone"
  | "follow"
  | "recentre"
  | "fitting"
  | "next-instrument"
  | "previous-instrument"
  | "panels"
  | "maximise"
  | "inspect"
  | "next-panel"
  | "previous-panel"
  | "help"
  | "close"
  | { interval: number };

export interface Stroke {
  key: string;
  shift: boolean;
  /** Control, Alt or Command: those belong to the browser. */
  modified: boolean;
  /** What has the focus. */
  focus: "page" | "text" | "button" | "slider" | "tab";
  isReplay: boolean;
  helpOpen: boolean;
}

const LETTERS: Record<string, Action> = {
  l: "connect",
  x: "disconnect",
  h: "fetch",
  "/": "search",
  t: "theme",
  c: "colours",
  u: "zone",
  f: "follow",
  p: "recentre",
  a: "fitting",
  "]": "next-instrument",
  "[": "previous-instrument",
  w: "panels",
  m: "maximise",
  i: "inspect",
  ".": "next-panel",
  ",": "previous-panel",
  "?": "help",
};

const REPLAY: Record<string, Action> = {
  " ": "toggle-play",
  ">": "faster",
  "<": "slower",
  g: "go-to",
};

// With Shift the one before, else the next one.
const JUMPS: Record<string, "trade" | "gap" | "crossing"> = { n: "trade", j: "gap", v: "crossing" };

export function routeKey(stroke: Stroke): Action | null {
  const { key, focus } = stroke;
  if (stroke.modified) return null;
  if (key === "Escape") return "close";
  if (focus === "text") return null;
  if (stroke.helpOpen) return key === "?" ? "close" : null;
  if (key === " " && focus !== "page") return null;
  if (stroke.isReplay) {
    const takesArrows = focus === "slider" || focus === "tab";
    if (key === "ArrowRight" && !takesArrows) return stroke.shift ? "forward-far" : "step";
    if (key === "ArrowLeft" && !takesArrows) return stroke.shift ? "back-far" : "step-back";
    if (key === "Home" && !takesArrows) return "start";
    if (key === "End" && !takesArrows) return "end";
    const place = JUMPS[key.toLowerCase()];
    if (place !== undefined) return { jump: `${stroke.shift ? "previous" : "next"}_${place}` };
    const action = REPLAY[key.toLowerCase()];
    if (action !== undefined) return action;
  }
  if (/^[1-8]$/.test(key)) return { interval: Number(key) - 1 };
  return LETTERS[key.toLowerCase()] ?? null;
}

/** The help overlay's lines. */
export const KEY_MAP: readonly { group: string; keys: readonly [string, string][] }[] = [
  {
    group: "Replay",
    keys: [
      ["Space", "Play or pause"],
      ["→", "Step one event (pauses)"],
      ["←", "Step one event back (pauses)"],
      ["Shift →", "Forward ten seconds"],
      ["Shift ←", "Back ten seconds"],
      ["Home", "To the start"],
      ["End", "To the end"],
      ["G", "Go to a time that is typed"],
      ["N", "Next trade (Shift: previous)"],
      ["J", "Next gap (Shift: previous)"],
      ["V", "Next crossing (Shift: previous)"],
      ["<  >", "Slower, faster"],
    ],
  },
  {
    group: "Market",
    keys: [
      ["/", "Search symbols"],
      ["L", "Connect live"],
      ["X", "Disconnect"],
      ["H", "Fetch historical"],
      ["[  ]", "Previous, next instrument"],
    ],
  },
  {
    group: "View",
    keys: [
      ["1 … 8", "Interval: 1s … 1d"],
      ["A", "Interval that suits the trading"],
      ["F", "Follow the newest candle"],
      ["P", "Centre the ladder on the market"],
      ["U", "UTC or local time"],
      ["T", "Dark or light"],
      ["C", "Colour-blind-safe colours"],
      ["W", "Open and close panels, reset the layout"],
      ["M", "One panel alone, or all"],
      [",  .", "Previous, next panel"],
      ["I", "Inspect records (↑ ↓ pick one, Esc the newest)"],
      ["?", "This help"],
      ["Esc", "Close"],
    ],
  },
];

export const SPEEDS: readonly (number | null)[] = [0.5, 1, 2, 5, 10, 50, 100, null];

/** The next speed of the ladder; null is as fast as possible. */
export function nextSpeed(speed: number | null, direction: 1 | -1): number | null {
  const value = speed ?? Number.POSITIVE_INFINITY;
  const ladder = SPEEDS.map((s) => s ?? Number.POSITIVE_INFINITY);
  const further =
    direction === 1 ? ladder.find((s) => s > value) : ladder.filter((s) => s < value).at(-1);
  const next = further ?? value;
  return Number.isFinite(next) ? next : null;
}
