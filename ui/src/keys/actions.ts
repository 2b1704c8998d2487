/** Everything that a key or the palette can do: its name, its group, and the keys it begins with. */

export interface ActionKind {
  id: string;
  group: "Replay" | "Market" | "Order flow" | "View" | "Page";
  title: string;
  keys: readonly string[];
  /** Means nothing where the source is no replay. */
  replay?: true;
}

const INTERVAL_NAMES = ["1s", "5s", "15s", "1m", "5m", "15m", "1h", "1d"] as const;

const LISTED = [
  { id: "toggle-play", group: "Replay", title: "Play or pause", keys: ["Space"], replay: true },
  { id: "step", group: "Replay", title: "Step one event on", keys: ["ArrowRight"], replay: true },
  {
    id: "step-back",
    group: "Replay",
    title: "Step one event back",
    keys: ["ArrowLeft"],
    replay: true,
  },
  {
    id: "forward-far",
    group: "Replay",
    title: "Forward ten seconds",
    keys: ["Shift+ArrowRight"],
    replay: true,
  },
  {
    id: "back-far",
    group: "Replay",
    title: "Back ten seconds",
    keys: ["Shift+ArrowLeft"],
    replay: true,
  },
  { id: "start", group: "Replay", title: "To the start", keys: ["Home"], replay: true },
  { id: "end", group: "Replay", title: "To the end", keys: ["End"], replay: true },
  { id: "go-to", group: "Replay", title: "Go to a time", keys: ["Shift+G"], replay: true },
  { id: "next_trade", group: "Replay", title: "Next trade", keys: ["Shift+N"], replay: true },
  {
    id: "previous_trade",
    group: "Replay",
    title: "Previous trade",
    keys: ["Shift+B"],
    replay: true,
  },
  { id: "next_gap", group: "Replay", title: "Next gap", keys: ["Shift+J"], replay: true },
  { id: "previous_gap", group: "Replay", title: "Previous gap", keys: ["Shift+K"], replay: true },
  { id: "next_crossing", group: "Replay", title: "Next crossing", keys: ["Shift+V"], replay: true },
  {
    id: "previous_crossing",
    group: "Replay",
    title: "Previous crossing",
    keys: ["Shift+Z"],
    replay: true,
  },
  { id: "slower", group: "Replay", title: "Slower", keys: ["<"], replay: true },
  { id: "faster", group: "Replay", title: "Faster", keys: [">"], replay: true },

  { id: "search", group: "Market", title: "Search symbols", keys: [] },
  { id: "connect", group: "Market", title: "Connect live", keys: ["Shift+L"] },
  { id: "disconnect", group: "Market", title: "Disconnect", keys: ["Shift+X"] },
  { id: "fetch", group: "Market", title: "Fetch historical", keys: ["Shift+H"] },
  { id: "previous-instrument", group: "Market", title: "Previous instrument", keys: ["["] },
  { id: "next-instrument", group: "Market", title: "Next instrument", keys: ["]"] },
  { id: "beside", group: "Market", title: "Show a symbol beside this one", keys: ["Shift+D"] },
  { id: "alone", group: "Market", title: "Close the symbol beside", keys: [] },

  { id: "reset-cvd", group: "Order flow", title: "Reset the CVD baseline", keys: ["R"] },
  { id: "clear", group: "Order flow", title: "Clear bubbles, marks and signals", keys: ["C"] },
  { id: "mute", group: "Order flow", title: "Mute or unmute alerts", keys: ["M"] },
  { id: "signals", group: "Order flow", title: "Show the signals", keys: ["Shift+A"] },
  {
    id: "signal-history",
    group: "Order flow",
    title: "Show the history of signals",
    keys: ["Shift+Y"],
  },

  { id: "fitting", group: "View", title: "Interval that suits the trading", keys: ["0"] },
  { id: "follow", group: "View", title: "Follow the market", keys: ["F"] },
  {
    id: "recentre",
    group: "View",
    title: "Centre the ladder on the market",
    keys: ["Shift+P"],
  },
  { id: "zone", group: "View", title: "UTC or local time", keys: ["Shift+U"] },
  { id: "theme", group: "View", title: "Dark or light", keys: ["Shift+T"] },
  { id: "colours", group: "View", title: "Colour-blind-safe colours", keys: ["Shift+Q"] },
  {
    id: "inspect",
    group: "View",
    title: "Inspect records (↑ ↓ pick one, Esc the newest)",
    keys: ["Shift+I"],
  },

  { id: "palette", group: "Page", title: "Command palette", keys: ["/", "Mod+K"] },
  { id: "screenshot", group: "Page", title: "Save a picture of the panels", keys: ["S"] },
  { id: "settings", group: "Page", title: "Settings", keys: ["Shift+O"] },
  {
    id: "panels",
    group: "Page",
    title: "Open and close panels, reset the layout",
    keys: ["Shift+W"],
  },
  { id: "maximise", group: "Page", title: "One panel alone, or all", keys: ["Shift+E"] },
  { id: "previous-panel", group: "Page", title: "Previous panel", keys: [","] },
  { id: "next-panel", group: "Page", title: "Next panel", keys: ["."] },
  { id: "reset-layout", group: "Page", title: "Reset the layout", keys: [] },
  { id: "help", group: "Page", title: "Keys", keys: ["?"] },
] as const satisfies readonly ActionKind[];

type IntervalId = `interval-${(typeof INTERVAL_NAMES)[number]}`;
export type ActionId = (typeof LISTED)[number]["id"] | IntervalId;
export type Action = ActionKind & { id: ActionId };

const INTERVALS: Action[] = INTERVAL_NAMES.map((name, i) => ({
  id: `interval-${name}`,
  group: "View",
  title: `Interval ${name}`,
  keys: [String(i + 1)],
}));

export const ACTIONS: readonly Action[] = [...LISTED, ...INTERVALS];
export const GROUPS = ["Replay", "Market", "Order flow", "View", "Page"] as const;

const BY_ID = new Map<string, Action>(ACTIONS.map((action) => [action.id, action]));

export function actionNamed(id: string): Action | null {
  return BY_ID.get(id) ?? null;
}
