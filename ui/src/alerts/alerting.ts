/** Tells a person of what is new: by sound, by a flash, by the browser where nobody looks at the page. */

import { levelName } from "../flow/scene/levels";
import { decimalsOf, priceToNumber } from "../market/prices";
import { decimalsIn } from "../signals/decimals";
import { isAtLeast } from "../signals/filters";
import { type Kind, kindName } from "../signals/kinds";
import type { Signal } from "../signals/signal";
import { formatPoints } from "../signals/words";
import { ALARMS, type Alarm, type News, useAlerts } from "../stores/alerts";
import { useMarket } from "../stores/market";
import { pinnedSymbols } from "../stores/pins";
import { useSession } from "../stores/session";
import { levelsBySymbol, listenToSignals } from "../stores/signals";
import { LevelWatch } from "./levelWatch";
import { notesOf } from "./sounds";
import { Speaker } from "./speaker";

export const speaker = new Speaker();
const watches = new Map<string, LevelWatch>();
/** A fast replay has many of a kind in a second: one tone stands for them. */
const SAME_MS = 250;
/** What a tick is thought to be before any price tells. */
const USUAL_TICK = 10_000_000n;
const soundedAt = new Map<Alarm, number>();

function isAlarm(kind: string): kind is Kind {
  return (ALARMS as readonly string[]).includes(kind);
}

/** Sound, flash and notify, as it is set at this moment. */
export function alert({ alarm, direction, text, tsNs }: News): void {
  const { muted, kinds, volume, notify, tell } = useAlerts.getState();
  if (!kinds[alarm]) return;
  const now = performance.now();
  const isFresh = now - (soundedAt.get(alarm) ?? Number.NEGATIVE_INFINITY) >= SAME_MS;
  if (!muted && isFresh) {
    soundedAt.set(alarm, now);
    speaker.play(notesOf(alarm, direction), volume);
  }
  tell({ alarm, direction, text, tsNs });
  if (notify) notifyBrowser(alarm, text);
}

function notifyBrowser(alarm: Alarm, text: string): void {
  if (document.hasFocus() || !("Notification" in window)) return;
  if (Notification.permission !== "granted") return;
  try {
    // One of a kind stands for those before it.
    new Notification("ticktape", { body: text, tag: alarm, silent: true });
  } catch {
    // Some phones have notifications for installed pages only.
  }
}

function wordsOf(signal: Signal): string {
  const decimals = decimalsIn(useMarket.getState().data, signal.symbol);
  const score = signal.kind === "confluence" ? `, score ${signal.score}` : "";
  const what = `${kindName(signal.kind)} ${signal.direction}${score}`;
  return `${signal.symbol} ${formatPoints(signal.price, decimals)}: ${what}`;
}

function onSignal(signal: Signal): void {
  const { least } = useAlerts.getState();
  if (!isAlarm(signal.kind) || !isShown(signal.symbol)) return;
  // A confluence is its own strength.
  if (signal.kind !== "confluence" && !isAtLeast(signal.strength, least)) return;
  const { kind, direction, tsNs } = signal;
  alert({ alarm: kind, direction, text: wordsOf(signal), tsNs });
}

/** Whether a panel shows the symbol: others are listed, and disturb nobody. */
function isShown(symbol: string): boolean {
  const { data, activeId } = useMarket.getState();
  const active = data.instruments.find((one) => one.instrumentId === activeId);
  return active?.symbol === symbol || pinnedSymbols().includes(symbol);
}

/** Whether the newest prices came near a level. */
function watchLevels(): void {
  const { kinds, distance, unit } = useAlerts.getState();
  if (!kinds.level) return;
  const { data } = useMarket.getState();
  for (const [symbol, levels] of levelsBySymbol) {
    const instrument = data.instruments.find((one) => one.symbol === symbol);
    const last = data.dataOf(instrument?.instrumentId ?? null)?.tape.trades.at(-1);
    if (instrument === undefined || last === undefined || !isShown(symbol)) continue;
    const step = instrument.tick ?? data.dataOf(instrument.instrumentId)?.step ?? USUAL_TICK;
    const tick = priceToNumber(step);
    const points = unit === "points" ? distance : distance * tick;
    const watch = watches.get(symbol) ?? new LevelWatch();
    watches.set(symbol, watch);
    const near = watch.take(priceToNumber(last.price), levels, points);
    if (near.length === 0) continue;
    const decimals = decimalsOf(step);
    const names = near
      .map(({ name, price }) => `${levelName(name)} ${price.toFixed(decimals)}`)
      .join(", ");
    const text = `${symbol} near ${names}`;
    alert({ alarm: "level", direction: null, text, tsNs: last.tsEvent });
  }
}

/**
 * Take back what lies ahead of a replay that was sent back. Signals and the cursor come by ways of their own: this is
 * done when either has gone back.
 */
function takeBackLater(): void {
  const cursorNs = useSession.getState().source?.replay?.cursorNs;
  if (cursorNs !== undefined) useAlerts.getState().takeBackAfter(cursorNs);
}

let begun = false;

/** Begin to tell; whatever is heard of alerts is heard from here. */
export function startAlerting(): void {
  if (begun) return;
  begun = true;
  listenToSignals({
    onNews: (news) => news.kind === "signal" && onSignal(news.signal),
    onBegin: (symbol) => {
      watches.get(symbol)?.reset();
      takeBackLater();
    },
  });
  useMarket.subscribe((now, before) => now.frame !== before.frame && watchLevels());
  useSession.subscribe(({ source, timeline }, before) => {
    // Levels and prices come by ways of their own: what stands elsewhere first came near nothing on the way.
    if (timeline !== before.timeline) for (const watch of watches.values()) watch.reset();
    const [atNs, wasNs] = [source?.replay?.cursorNs, before.source?.replay?.cursorNs];
    if (atNs !== undefined && wasNs !== undefined && atNs < wasNs) takeBackLater();
  });
  useAlerts.subscribe((now) => now.muted && speaker.silence());
  for (const touch of ["pointerdown", "keydown"]) {
    window.addEventListener(touch, () => speaker.wake(), { passive: true });
  }
}
