/** The market as React sees it: messages change MarketData at once, the page hears once per frame. */

import { create } from "zustand";
import type { HistoryRow, Message } from "../api/messages";
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
  pick: (activeId) => set({ activeId, picked: true }),
}));

let due = false;

function draw(): void {
  due = false;
  useMarket.setState((now) => ({ frame: now.frame + 1, ...choose(now) }));
}

function choose({ data, activeId, picked }: MarketStore): Pick<MarketStore, "activeId" | "picked"> {
  const known = data.instruments.some((i) => i.instrumentId === activeId);
  const settled = (data.activity.get(activeId ?? -1) ?? 0) >= SETTLED;
  if (known && (picked || settled)) return { activeId, picked };
  return { activeId: frontOf(data.instruments, data.activity), picked: false };
}

/** Let the page draw what changed, at its next frame. */
export function redraw(): void {
  if (due) return;
  due = true;
  if (document.hidden) setTimeout(draw, HIDDEN_MS);
  else requestAnimationFrame(draw);
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
