import type { Instrument } from "../api/messages";
import type { InstrumentData, MarketData } from "../market/marketData";
import { useMarket } from "./market";

export interface Active {
  /** Changed in place; new with every `frame`. */
  data: MarketData;
  frame: number;
  instrument: Instrument | null;
  market: InstrumentData | null;
}

/** The instrument that chart, book and tape follow. */
export function useActive(): Active {
  const data = useMarket((s) => s.data);
  const frame = useMarket((s) => s.frame);
  const activeId = useMarket((s) => s.activeId);
  const instrument = data.instruments.find((i) => i.instrumentId === activeId) ?? null;
  return { data, frame, instrument, market: data.dataOf(activeId) };
}

/** The active instrument, for panels that hear of the market at a pace of their own. */
export function useInstrument(): Instrument | null {
  return useMarket((s) => s.data.instruments.find((i) => i.instrumentId === s.activeId) ?? null);
}
