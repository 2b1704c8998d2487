/** Bring a chart, its feed and the page's stores together; `destroy` takes them apart. */

import { listenToBody } from "../drawing/panelBody";
import { useSettings } from "../stores/settings";
import { useWishes } from "../stores/wishes";
import type { FlowFeed } from "./feed";
import { FlowChart } from "./flowChart";
import type { BubbleItem } from "./flowState";
import { usePointed } from "./pointed";
import { PointedPrints } from "./pointedPrints";
import { printsOf } from "./prints";
import type { Found } from "./readout";
import { DEFAULTS, type ShownSettings, type Wiped } from "./settings";
import { Tip } from "./tip";
import { readoutText, tipLines } from "./words";

export interface Shown {
  onFollow(isFollowing: boolean): void;
  onPick(picked: { bubble: BubbleItem; place: { left: number; top: number } } | null): void;
  /** Whether there is anything to draw. */
  onBars(hasBars: boolean): void;
  /** The range of the fixed profile. */
  onFix(range: { fromMs: number; toMs: number }): void;
}

export interface MountedChart {
  show(feed: FlowFeed | null): void;
  set(settings: ShownSettings): void;
  restyle(): void;
  toggleFollow(): void;
  refit(): void;
  /** This bubble has a card; null: none has. */
  pin(bubble: BubbleItem | null): void;
  destroy(): void;
}

const NEVER: Wiped = { baselineMs: null, clearedMs: Number.NEGATIVE_INFINITY };
const CARD = { width: 230, height: 240 };

function element(body: HTMLElement, tag: "canvas" | "div", className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  body.append(made);
  return made;
}

function nsOf(ms: number): bigint {
  return BigInt(Math.max(0, Math.round(ms))) * 1_000_000n;
}

export function mountChart(body: HTMLElement, id: string, shown: Shown): MountedChart {
  const plot = element(body, "div", "flow-clip");
  const below = element(body, "div", "flow-clip");
  const edge = element(body, "canvas", "flow-canvas") as HTMLCanvasElement;
  const names = element(body, "canvas", "flow-canvas") as HTMLCanvasElement;
  const legend = element(body, "div", "flow-legend");
  const cross = element(body, "div", "flow-clip");
  const readout = element(body, "div", "flow-readout");
  readout.setAttribute("role", "status");
  readout.setAttribute("aria-label", "At the pointer");
  const tip = new Tip(body);
  let settings: ShownSettings = { ...DEFAULTS, every: "1m" };
  let wiped = NEVER;
  let feed: FlowFeed | null = null;
  let unlisten = () => {};
  let hasBars = false;
  let asked = "";
  let pointedAt: Found | null = null;
  let pinned: string | null = null;
  let epoch = 0;

  const words = () => ({ tick: feed?.state.tick ?? 1, zone: useSettings.getState().zone });
  const tell = (found: Found | null) => {
    pointedAt = found;
    readout.textContent = found === null ? "" : readoutText(found, words());
    body.style.cursor = found?.bubble == null ? "" : "pointer";
    usePointed.setState({ by: id, ms: found?.ms ?? null });
    showTip();
  };
  const prints = new PointedPrints(
    (bubble) =>
      feed === null
        ? Promise.resolve({ prints: [], isWhole: true })
        : printsOf(feed.symbol, bubble, feed.state.leastPrint),
    () => showTip(),
  );
  const showTip = () => {
    const bubble = pointedAt?.mark == null ? (pointedAt?.bubble ?? null) : null;
    // Its card tells it already.
    const isTold = bubble !== null && bubble.id === pinned;
    const come = prints.at(isTold ? null : bubble);
    if (pointedAt === null || isTold) return tip.hide();
    tip.show(tipLines(pointedAt, come, words()), pointedAt);
  };
  const pick = (found: Found | null) => {
    if (found?.bubble == null) return shown.onPick(null);
    const left = Math.max(4, Math.min(found.x + 12, body.clientWidth - CARD.width - 8));
    const top = Math.max(4, Math.min(found.y - 20, body.clientHeight - CARD.height - 8));
    shown.onPick({ bubble: found.bubble, place: { left, top } });
  };
  const askRange = (fromMs: number, toMs: number) => {
    const { profile, fixedRange } = settings;
    if (feed === null || (profile !== "visible" && profile !== "fixed")) return;
    if (profile === "fixed" && fixedRange === null) return shown.onFix({ fromMs, toMs });
    const range = (profile === "fixed" ? fixedRange : null) ?? { fromMs, toMs };
    const { nowMs, epoch } = feed.state;
    // Once the range has all passed, its volume stays what it is.
    const isOver = (nowMs ?? 0) >= range.toMs;
    const second = isOver ? "" : Math.floor((nowMs ?? 0) / 1_000);
    const [fromNs, toNs] = [range.fromMs, range.toMs].map(nsOf);
    const key = `${fromNs} ${toNs} ${second} ${epoch} ${feed.every}`;
    if (key === asked) return;
    asked = key;
    feed.order({
      action: "profile_range",
      symbol: feed.symbol,
      fromNs: `${fromNs}`,
      toNs: `${toNs}`,
      id,
    });
  };
  const compose = () => feed?.compose(settings.profile === "composite" ? settings.sessions : 0);
  const chart = new FlowChart(
    body,
    { plot, below, edge, names, legend, cross },
    {
      settings: () => settings,
      wiped: () => wiped,
      zone: () => useSettings.getState().zone,
      onFollow: shown.onFollow,
      onFound: tell,
      onClick: pick,
      onRange: askRange,
    },
  );
  const change = () => {
    const state = feed?.state ?? null;
    const nowMs = state?.nowMs ?? null;
    if (state !== null && state.epoch !== epoch) {
      epoch = state.epoch;
      // What it tells of may not have happened yet.
      shown.onPick(null);
    }
    // A replay that was sent back stands before what was wiped off, or set to nought.
    const wipedMs = Math.max(wiped.clearedMs, wiped.baselineMs ?? Number.NEGATIVE_INFINITY);
    if (nowMs !== null && nowMs < wipedMs) wiped = NEVER;
    const has = (state?.bars.items.length ?? 0) > 0;
    if (has !== hasBars) {
      hasBars = has;
      shown.onBars(has);
    }
    chart.change();
  };
  const stops = [
    listenToBody(body, {
      onSize: (size) => chart.resize(size),
      onToggleFollow: () => chart.toggleFollow(),
      onFollow: () => chart.setFollow(true),
    }),
    useWishes.subscribe((now, before) => {
      const nowMs = feed?.state.nowMs ?? null;
      if (nowMs === null) return;
      if (now.clears !== before.clears) wiped = { ...wiped, clearedMs: nowMs };
      if (now.cvdResets !== before.cvdResets) wiped = { ...wiped, baselineMs: nowMs };
      chart.redraw();
    }),
    usePointed.subscribe(({ by, ms }) => chart.mark(by === id ? null : ms)),
  ];
  return {
    show: (shownFeed) => {
      if (shownFeed === feed) return;
      unlisten();
      feed = shownFeed;
      wiped = NEVER;
      compose();
      unlisten = feed?.listen(change) ?? (() => {});
      chart.show(feed?.state ?? null);
      change();
    },
    set: (chosen) => {
      const isOther = chosen.bars !== settings.bars || chosen.cvd !== settings.cvd;
      const isOtherFrame = isOther || chosen.profile !== settings.profile;
      settings = chosen;
      compose();
      if (isOtherFrame) chart.relayout();
      chart.redraw();
    },
    restyle: () => chart.restyle(),
    toggleFollow: () => chart.toggleFollow(),
    refit: () => chart.refit(),
    pin: (bubble) => {
      pinned = bubble?.id ?? null;
      showTip();
    },
    destroy: () => {
      unlisten();
      for (const stop of stops) stop();
      usePointed.setState({ by: id, ms: null });
      chart.destroy();
      prints.at(null);
      for (const made of [plot, below, edge, names, legend, cross, readout, tip]) made.remove();
    },
  };
}
