/** The market as React sees it: messages change MarketData at once, the page hears ten times a second. */

import { create } from "zustand";
import type { HistoryRow, Message } from "../api/messages";
import { inTurn } from "../drawing/turns";
import { fittingInterval } from "../market/fitting";
import { frontOf } from "../market/instruments";
import { MarketData } from "../market/marketData";

interface MarketStore {
  /** Changed in place; read it when `frame` changes. */
  data: MarketData;
  frame: number;
  activeId: number | null;
  /** Whether a person picked the active instrument. */
  picked: boolean;
  /** Counts the wishes to go back to the newest candle. */
  follows: number;
  /** The interval that suits the active instrument; null before it has bars. */
  fitting: string | null;
  pick(instrumentId: number): void;
}

// A hidden page gets no animation frames; a timer keeps it up to date at a gentle pace.
const HIDDEN_MS = 500;
// Once this much has happened, the instrument chosen for the page stays.
const SETTLED = 50;

export const useMarket = create<MarketStore>()((set) => ({
  data: new MarketData(),
  frame: 0,
  activeId: null,
  picked: false,
  follows: 0,
  fitting: null,
  pick: (activeId) => set({ activeId, picked: true }),
}));

// More pictures of a list or a candle than this cannot be read, and each costs as much as a frame has.
const PACE_MS = 100;

let due = false;
let drawnAtMs = Number.NEGATIVE_INFINITY;

function draw(): void {
  due = false;
  drawnAtMs = performance.now();
  useMarket.setState((now) => {
    const chosen = choose(now);
    return { frame: now.frame + 1, ...chosen, fitting: look(now, chosen.activeId) };
  });
}

// The first frames may hold only a part of what has been; later looks are ever further apart,
// so that a chart at rest does not change its interval.
const FIRST_FRAMES = 30;
const FIRST_LOOK_NS = 5_000_000_000n;
const looks = { key: "", frames: 0, firstNs: 0n, nextNs: 0n };

function look({ data, fitting }: MarketStore, activeId: number | null): string | null {
  const key = `${activeId} ${data.epoch}`;
  const nowNs = data.clockNs ?? 0n;
  const anew = key !== looks.key;
  if (anew) Object.assign(looks, { key, frames: 0, firstNs: nowNs, nextNs: nowNs + FIRST_LOOK_NS });
  looks.frames += 1;
  if (looks.frames > FIRST_FRAMES && nowNs < looks.nextNs) return fitting;
  if (nowNs >= looks.nextNs) looks.nextNs = nowNs + FIRST_LOOK_NS + (nowNs - looks.firstNs);
  const found = fittingInterval((schema) => data.barsOf(activeId, schema));
  return found ?? (anew ? null : fitting);
}

function choose({ data, activeId, picked }: MarketStore): Pick<MarketStore, "activeId" | "picked"> {
  const known = data.instruments.some((i) => i.instrumentId === activeId);
  const settled = (data.activity.get(activeId ?? -1) ?? 0) >= SETTLED;
  if (known && (picked || settled)) return { activeId, picked };
  return { activeId: frontOf(data.instruments, data.activity), picked: false };
}

/** Let the page draw what changed: after a rest at its next frame, else as soon as its pace allows. */
export function redraw(): void {
  if (due) return;
  due = true;
  const restMs = drawnAtMs + PACE_MS - performance.now();
  if (document.hidden) setTimeout(draw, HIDDEN_MS);
  else if (restMs <= 0) inTurn(draw);
  else setTimeout(() => inTurn(draw), restMs);
}

export function takeMessage(message: Message): void {
  useMarket.getState().data.apply(message);
  redraw();
}

/** Show fetched bars, adding instruments that the live subscription does not name. */
export function showHistory(rows: readonly HistoryRow[]): void {
  const { data } = useMarket.getState();
  const known = new Set(data.instruments.map((i) => i.instrumentId));
  const added = new Map<number, string>();
  for (const row of rows) {
    const { instrumentId, symbol } = row.kind === "bar" ? row.bar : row.trade;
    if (!known.has(instrumentId)) added.set(instrumentId, symbol);
  }
  data.addInstruments(added);
  data.setHistory(rows);
  redraw();
}
