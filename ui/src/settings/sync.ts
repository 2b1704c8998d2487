/**
 * What a person chose, kept on the server too, so that it is found again in another browser. The browser keeps it by itself:
 * without the server nothing is missed, and of two the one that was changed last holds.
 */

import { create } from "zustand";
import { isObject, type Json } from "../api/fields";
import { fetchKeptSettings, keepSettings } from "../api/flowHttp";
import { useFlowCharts } from "../flow/settings";
import { readRebound } from "../keys/keymap";
import { alertSettings, readAlerts, useAlerts } from "../stores/alerts";
import { useKeymap } from "../stores/keymap";
import { useSession } from "../stores/session";
import { pageSettings, readPage, useSettings } from "../stores/settings";

/** The part of the server's settings that is this page's. */
const PART = "viewer";
const VERSION = 1;
const CHANGED = "ticktape.changed";
const SETTLE_MS = 600;

type Charts = ReturnType<typeof useFlowCharts.getState>["charts"];

interface Sync {
  /** Where what was chosen last is kept. */
  place: "browser" | "server";
}

export const useSync = create<Sync>()(() => ({ place: "browser" }));

interface Kept {
  version: number;
  /** By the clock of the browser that changed it, in milliseconds. */
  changedAt: number;
  page: unknown;
  alerts: unknown;
  keys: unknown;
  charts: unknown;
}

function chosen(): Kept {
  return {
    version: VERSION,
    changedAt: changedAt(),
    page: pageSettings(useSettings.getState()),
    alerts: alertSettings(useAlerts.getState()),
    keys: useKeymap.getState().rebound,
    charts: useFlowCharts.getState().charts,
  };
}

/** All but when: whether something was changed. */
function fingerprint(): string {
  return JSON.stringify({ ...chosen(), changedAt: 0 });
}

function changedAt(): number {
  return Number(localStorage.getItem(CHANGED) ?? 0) || 0;
}

/** Choose what was kept; what another version wrote is taken as far as it is known. */
export function take(kept: Kept): void {
  useSettings.setState((now) => readPage(kept.page, now));
  useAlerts.setState((now) => readAlerts(kept.alerts, now));
  useKeymap.setState({ rebound: readRebound(kept.keys) });
  if (isObject(kept.charts)) {
    const whole = Object.entries(kept.charts).filter(([, chart]) => isObject(chart));
    useFlowCharts.setState({ charts: Object.fromEntries(whole) as Charts });
  }
  localStorage.setItem(CHANGED, String(kept.changedAt));
  known = fingerprint();
}

let known = "";
let timer: ReturnType<typeof setTimeout> | undefined;

function noteChange(): void {
  if (fingerprint() === known) return;
  known = fingerprint();
  localStorage.setItem(CHANGED, String(Date.now()));
  clearTimeout(timer);
  timer = setTimeout(() => void agree(), SETTLE_MS);
}

/** Take what the server has where it is newer, else give it what is chosen here. */
export async function agree(): Promise<void> {
  try {
    const all: Json = await fetchKeptSettings();
    const theirs = all[PART];
    const isTheirs = isObject(theirs) && typeof theirs.changedAt === "number";
    const theirsAt = isTheirs ? Number(theirs.changedAt) : 0;
    if (isTheirs && theirsAt > changedAt()) take(theirs as unknown as Kept);
    else if (changedAt() > theirsAt) await keepSettings({ ...all, [PART]: chosen() });
    useSync.setState({ place: "server" });
  } catch {
    // The browser has it; the page says itself when the server is away.
    useSync.setState({ place: "browser" });
  }
}

let begun = false;

/** Agree with the server now, with every change, and when it is back. */
export function startSync(): void {
  if (begun) return;
  begun = true;
  known = fingerprint();
  for (const store of [useSettings, useAlerts, useKeymap, useFlowCharts]) {
    store.subscribe(noteChange);
  }
  void agree();
  useSession.subscribe((now, before) => {
    const isBack = now.connection.state === "live" && before.connection.state !== "live";
    if (isBack && useSync.getState().place === "browser") void agree();
  });
}
