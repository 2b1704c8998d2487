/** The market as the heatmap needs it, read from the page's stores at the moment of drawing. */

import { shownBook } from "../stores/book";
import { useMarket } from "../stores/market";
import { useSettings } from "../stores/settings";
import type { Instrument } from "./feed";
import type { Market } from "./heatmap";

const NS_PER_MS = 1_000_000n;
/** One price alone allows any step. */
const LARGEST_STEP = 1_000_000_000n;

/** The active instrument; null before its tick is known. */
export function activeInstrument(): Instrument | null {
  const { data, activeId } = useMarket.getState();
  const found = data.instruments.find((i) => i.instrumentId === activeId);
  if (found?.instrumentId == null) return null;
  const step = data.dataOf(activeId)?.step ?? null;
  const tick = found.tick ?? (step !== null && step <= LARGEST_STEP ? step : null);
  if (tick === null) return null;
  return { instrumentId: found.instrumentId, symbol: found.symbol, tick: Number(tick) };
}

/** The market's clock as far as this book tells it; kept while a new connection is on its way. */
export class BookClock {
  private nowMs: number | null = null;

  reset(): void {
    this.nowMs = null;
  }

  read(): number | null {
    const book = shownBook();
    if (book?.isWhole) this.nowMs = Number(book.timeNs / NS_PER_MS);
    return this.nowMs;
  }
}

export function readMarket(clock: BookClock): Market {
  const { data, activeId } = useMarket.getState();
  const instrument = activeInstrument();
  const trades = data.dataOf(activeId)?.tape.trades;
  const last = trades?.[trades.length - 1]?.price;
  const priceTick = data.instruments.find((i) => i.instrumentId === activeId)?.tick ?? null;
  return {
    book: shownBook(),
    nowMs: clock.read(),
    tick: instrument?.tick ?? 0,
    priceTick,
    zone: useSettings.getState().zone,
    last: last === undefined ? null : Number(last),
    gaps: data.gaps
      .filter(({ symbol }) => symbol === null || symbol === instrument?.symbol)
      .map(({ startNs, endNs }) => ({
        fromMs: Number(startNs / NS_PER_MS),
        toMs: Number(endNs / NS_PER_MS),
      })),
  };
}
