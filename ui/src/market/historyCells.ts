/** Fetched rows as the cells of a table. */

import type { HistoryRow, Side } from "../api/messages";
import { formatPrice, formatSize, type Price } from "./prices";
import { formatDateTime, type Zone } from "./times";

export interface Cell {
  name: string;
  text: string;
  tone: string;
}

const BAR_HEADS = ["Time", "Symbol", "Open", "High", "Low", "Close", "Volume"];
const TRADE_HEADS = ["Time", "Symbol", "Side", "Price", "Size"];
const QUOTE_HEADS = [...TRADE_HEADS, "Bid size", "Bid", "Ask", "Ask size"];
const SIDES: Record<Side, { text: string; tone: string }> = {
  B: { text: "Buy", tone: "buy" },
  A: { text: "Sell", tone: "sell" },
  N: { text: "–", tone: "" },
};

export function historyHeads(schema: string): string[] {
  if (schema.startsWith("ohlcv")) return BAR_HEADS;
  return schema === "trades" ? TRADE_HEADS : QUOTE_HEADS;
}

/** The cells of a row in the order of its heads. */
export function historyCells(
  row: HistoryRow,
  ticks: ReadonlyMap<number | null, Price | null>,
  zone: Zone,
): Cell[] {
  const { instrumentId, symbol, tsEvent } = row.kind === "bar" ? row.bar : row.trade;
  const tick = ticks.get(instrumentId) ?? null;
  const plain = (name: string, text: string): Cell => ({ name, text, tone: "" });
  const priced = (name: string, price: Price) => plain(name, formatPrice(price, tick));
  const start = (decimals: number) => [
    plain("Time", formatDateTime(tsEvent, zone, decimals)),
    plain("Symbol", symbol),
  ];
  if (row.kind === "bar") {
    const { open, high, low, close, volume } = row.bar.bar;
    return [
      ...start(0),
      priced("Open", open),
      priced("High", high),
      priced("Low", low),
      { ...priced("Close", close), tone: close >= open ? "buy" : "sell" },
      plain("Volume", formatSize(volume)),
    ];
  }
  const { side, price, size } = row.trade;
  const trade = [
    ...start(6),
    { name: "Side", ...SIDES[side] },
    priced("Price", price),
    plain("Size", formatSize(size)),
  ];
  if (row.kind === "trade") return trade;
  return [
    ...trade,
    plain("Bid size", formatSize(row.bid.size)),
    priced("Bid", row.bid.price),
    priced("Ask", row.ask.price),
    plain("Ask size", formatSize(row.ask.size)),
  ];
}
