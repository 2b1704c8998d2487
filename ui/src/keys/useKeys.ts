import { useEffect } from "react";
import { INTERVALS } from "../market/bars";
import { inListOrder } from "../market/instruments";
import { useHistory } from "../stores/history";
import { useLadder } from "../stores/ladder";
import { useMarket } from "../stores/market";
import { backBy, changeSpeed, jump, step, togglePlay } from "../stores/replay";
import { useSession } from "../stores/session";
import { toggleColours, toggleTheme, toggleZone, useSettings } from "../stores/settings";
import { showPanel, useWorkspace } from "../stores/workspace";
import { type Action, routeKey, type Stroke } from "./keys";

/** Carry out what keys mean, wherever on the page they are struck. */
export function useKeys(helpOpen: boolean, setHelpOpen: (open: boolean) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const action = routeKey({
        key: event.key,
        shift: event.shiftKey,
        modified: event.ctrlKey || event.altKey || event.metaKey,
        focus: focusOf(document.activeElement),
        isReplay: useSession.getState().source?.replay != null,
        helpOpen,
      });
      if (action === null) return;
      if (action !== "close") event.preventDefault();
      // A button that keeps the focus unseen would be pressed by Space all the same.
      const focused = document.activeElement;
      if (event.key === " " && focused instanceof HTMLButtonElement) focused.blur();
      carryOut(action, setHelpOpen);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [helpOpen, setHelpOpen]);
}

function focusOf(element: Element | null): Stroke["focus"] {
  if (element instanceof HTMLInputElement) return element.type === "range" ? "slider" : "text";
  if (element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) return "text";
  if (element instanceof HTMLButtonElement) {
    if (element.getAttribute("role") === "tab") return "tab";
    // A button that was clicked keeps the focus unseen: Space is then the page's.
    return element.matches(":focus-visible") ? "button" : "page";
  }
  return "page";
}

function carryOut(action: Action, setHelpOpen: (open: boolean) => void): void {
  if (typeof action === "object") {
    if ("jump" in action) {
      jump(action.jump);
      return;
    }
    const interval = INTERVALS[action.interval];
    if (interval !== undefined) useSettings.getState().set({ interval: interval.name });
    return;
  }
  const acts: Record<Exclude<Action, object>, () => void> = {
    "toggle-play": togglePlay,
    step: () => step(1),
    "forward-far": () => backBy(-10),
    "step-back": () => step(-1),
    start: () => jump("start"),
    end: () => jump("end"),
    "go-to": () => document.getElementById("go-to-time")?.focus(),
    "back-far": () => backBy(10),
    faster: () => changeSpeed(1),
    slower: () => changeSpeed(-1),
    connect: () => useSession.getState().connect(),
    disconnect: () => useSession.getState().disconnect(),
    fetch: () => void useHistory.getState().fetch(),
    search: () => document.getElementById("symbols")?.focus(),
    theme: toggleTheme,
    colours: toggleColours,
    zone: toggleZone,
    fitting: () => useSettings.getState().set({ interval: null }),
    follow: () => useMarket.setState((now) => ({ follows: now.follows + 1 })),
    recentre: () => useLadder.getState().recentre(),
    "next-instrument": () => pickNext(1),
    "previous-instrument": () => pickNext(-1),
    inspect: () => {
      showPanel("inspector");
      requestAnimationFrame(() => document.getElementById("inspector-records")?.focus());
    },
    panels: () => useWorkspace.setState((now) => ({ menuOpen: !now.menuOpen })),
    maximise: () => useWorkspace.getState().dock?.toggleMaximized(),
    "next-panel": () => useWorkspace.getState().dock?.move(1),
    "previous-panel": () => useWorkspace.getState().dock?.move(-1),
    help: () => setHelpOpen(true),
    close: () => {
      setHelpOpen(false);
      useWorkspace.setState({ menuOpen: false });
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    },
  };
  acts[action]();
}

function pickNext(direction: 1 | -1): void {
  const { data, activeId, pick } = useMarket.getState();
  const listed = inListOrder(data.instruments).filter((i) => i.instrumentId !== null);
  if (listed.length === 0) return;
  const at = listed.findIndex((i) => i.instrumentId === activeId);
  const next = listed[(at + direction + listed.length) % listed.length];
  if (next?.instrumentId != null) pick(next.instrumentId);
}
