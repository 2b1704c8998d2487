/** What each action does, by whatever way it was asked for: a key, the palette, a button. */

import { useFlowCharts } from "../flow/settings";
import { inListOrder } from "../market/instruments";
import { saveScreenshot } from "../screenshot/save";
import { useAlerts } from "../stores/alerts";
import { useHistory } from "../stores/history";
import { useInspector } from "../stores/inspector";
import { useLadder } from "../stores/ladder";
import { useMarket } from "../stores/market";
import { useOverlay } from "../stores/overlay";
import { closeBesides } from "../stores/pins";
import { backBy, changeSpeed, jump, step, togglePlay } from "../stores/replay";
import { useSession } from "../stores/session";
import { toggleColours, toggleTheme, toggleZone, useSettings } from "../stores/settings";
import { clearFlow, resetCvd } from "../stores/wishes";
import { showPanel, useWorkspace } from "../stores/workspace";
import type { ActionId } from "./actions";

/** One length for all that has bars: a chart with a length of its own would not heed the key. */
function setInterval(interval: string | null): void {
  useSettings.getState().set({ interval });
  useFlowCharts.getState().followInterval();
}

const ACTS: Record<ActionId, () => void> = {
  "toggle-play": togglePlay,
  step: () => step(1),
  "step-back": () => step(-1),
  "forward-far": () => backBy(-10),
  "back-far": () => backBy(10),
  start: () => jump("start"),
  end: () => jump("end"),
  "go-to": () => document.getElementById("go-to-time")?.focus(),
  next_trade: () => jump("next_trade"),
  previous_trade: () => jump("previous_trade"),
  next_gap: () => jump("next_gap"),
  previous_gap: () => jump("previous_gap"),
  next_crossing: () => jump("next_crossing"),
  previous_crossing: () => jump("previous_crossing"),
  slower: () => changeSpeed(-1),
  faster: () => changeSpeed(1),

  search: () => useOverlay.getState().search("", false),
  connect: () => useSession.getState().connect(),
  disconnect: () => useSession.getState().disconnect(),
  fetch: () => void useHistory.getState().fetch(),
  "next-instrument": () => pickNext(1),
  "previous-instrument": () => pickNext(-1),
  beside: () => useOverlay.getState().search("", true),
  alone: closeBesides,

  "reset-cvd": resetCvd,
  clear: clearFlow,
  mute: () => useAlerts.getState().toggleMute(),
  signals: () => showPanel("signals"),
  "signal-history": () => showPanel("signal-history"),

  fitting: () => setInterval(null),
  follow: () => useMarket.setState((now) => ({ follows: now.follows + 1 })),
  recentre: () => useLadder.getState().recentre(),
  zone: toggleZone,
  theme: toggleTheme,
  colours: toggleColours,
  inspect: () => {
    showPanel("inspector");
    useInspector.setState({ isFocusWanted: true });
  },

  palette: () => useOverlay.getState().show("palette"),
  screenshot: () => void saveScreenshot(),
  settings: () => useOverlay.getState().show("settings"),
  panels: () => useWorkspace.setState((now) => ({ menuOpen: !now.menuOpen })),
  maximise: () => useWorkspace.getState().dock?.toggleMaximized(),
  "next-panel": () => useWorkspace.getState().dock?.move(1),
  "previous-panel": () => useWorkspace.getState().dock?.move(-1),
  "reset-layout": () => useWorkspace.getState().dock?.reset(),
  help: () => useOverlay.getState().show("help"),

  "interval-1s": () => setInterval("1s"),
  "interval-5s": () => setInterval("5s"),
  "interval-15s": () => setInterval("15s"),
  "interval-1m": () => setInterval("1m"),
  "interval-5m": () => setInterval("5m"),
  "interval-15m": () => setInterval("15m"),
  "interval-1h": () => setInterval("1h"),
  "interval-1d": () => setInterval("1d"),
};

export function carryOut(id: ActionId): void {
  ACTS[id]();
}

/** Leave what is open, and give the keys back to the page. */
export function closeAll(): void {
  useOverlay.getState().close();
  useWorkspace.setState({ menuOpen: false });
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function pickNext(direction: 1 | -1): void {
  const { data, activeId, pick } = useMarket.getState();
  const listed = inListOrder(data.instruments).filter((i) => i.instrumentId !== null);
  if (listed.length === 0) return;
  const at = listed.findIndex((i) => i.instrumentId === activeId);
  const next = listed[(at + direction + listed.length) % listed.length];
  if (next?.instrumentId != null) pick(next.instrumentId);
}
