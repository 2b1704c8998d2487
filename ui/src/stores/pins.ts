/** Panels of an instrument of their own, beside those of the one that the page follows. */

import { createContext, useContext } from "react";
import { frontOf } from "../market/instruments";
import { useMarket } from "./market";
import { useSession } from "./session";
import { showPanel, useWorkspace } from "./workspace";

/** The symbol that a panel is held to; null: it follows the page's. */
export const Pin = createContext<string | null>(null);

export function usePin(): string | null {
  return useContext(Pin);
}

const AT = "@";
/** What is shown of a symbol beside. */
const BESIDE = ["flow", "chart", "book"];

/** The kind of panel that an id names, and the symbol it is held to. */
export function readPanelId(id: string): { kind: string; symbol: string | null } {
  const at = id.indexOf(AT);
  if (at < 0) return { kind: id, symbol: null };
  return { kind: id.slice(0, at), symbol: id.slice(at + 1) };
}

export function pinnedId(kind: string, symbol: string): string {
  return kind + AT + symbol;
}

/** Show a symbol in place of the one shown: one that is streamed at once, another once it is. */
export function showSymbol(symbol: string): void {
  const { data, pick } = useMarket.getState();
  const streamed = data.instruments.find((one) => one.symbol === symbol)?.instrumentId;
  if (streamed != null) {
    pick(streamed);
    return;
  }
  const session = useSession.getState();
  // Panels that are held to a symbol go on showing it.
  const held = pinnedSymbols().filter((one) => one !== symbol);
  session.setSymbolsText([symbol, ...held].join(", "));
  session.connect();
  if (held.length > 0) pickOnceStreamed(held);
}

/** Pick what comes with the next connection beside the symbols that other panels are held to. */
function pickOnceStreamed(held: readonly string[]): void {
  const before = useMarket.getState().data.instruments;
  stopAwaiting();
  stopAwaiting = useMarket.subscribe(({ data, pick }) => {
    if (data.instruments === before) return;
    stopAwaiting();
    const asked = data.instruments.filter((one) => !held.includes(one.symbol));
    const found = frontOf(asked, data.activity);
    if (found !== null) pick(found);
  });
}

let stopAwaiting = () => {};

/** The symbols that open panels are held to. */
export function pinnedSymbols(): string[] {
  const symbols = useWorkspace.getState().open.map((id) => readPanelId(id).symbol);
  return [...new Set(symbols.filter((symbol) => symbol !== null))];
}

/** Show a symbol beside the one shown, on the same clock; where there is one panel only, in its place. */
export function showBeside(symbol: string): void {
  const { dock } = useWorkspace.getState();
  if (dock === null) {
    showSymbol(symbol);
    return;
  }
  stream(symbol);
  const front = BESIDE.filter((kind) => dock.isInFront(kind));
  // What is shown of the one symbol stands in front of the other's tabs too.
  for (const kind of [...BESIDE, ...front]) showPanel(pinnedId(kind, symbol));
}

export function closeBesides(): void {
  const { dock, open } = useWorkspace.getState();
  for (const id of open) if (readPanelId(id).symbol !== null) dock?.close(id);
}

/** Have a symbol streamed too, beside those that are. */
export function stream(symbol: string): void {
  const { data, activeId, pick } = useMarket.getState();
  if (data.instruments.some((one) => one.symbol === symbol)) return;
  const { symbolsText, setSymbolsText, connect } = useSession.getState();
  // A page that looks elsewhere because something was added would be a surprise.
  if (activeId !== null) pick(activeId);
  setSymbolsText(symbolsText.trim() === "" ? symbol : `${symbolsText}, ${symbol}`);
  connect();
}
