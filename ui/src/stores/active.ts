import type { Instrument } from "../api/messages";
import type { InstrumentData, MarketData } from "../market/marketData";
import { useMarket } from "./market";
import { usePin } from "./pins";

export interface Active {
  /** Changed in place; new with every `frame`. */
  data: MarketData;
  frame: number;
  instrument: Instrument | null;
  market: InstrumentData | null;
}

/** The instrument that chart, book and tape follow, and its market. */
export function useActive(): Active {
  const data = useMarket((s) => s.data);
  const frame = useMarket((s) => s.frame);
  const instrument = useInstrument();
  return { data, frame, instrument, market: data.dataOf(instrument?.instrumentId ?? null) };
}

/** The instrument of a panel: the one it is held to, else the active one. */
export function useInstrument(): Instrument | null {
  const pin = usePin();
  return useMarket(({ data, activeId }) => {
    const isShown = (one: Instrument) =>
      pin === null ? one.instrumentId === activeId : one.symbol === pin;
    return data.instruments.find(isShown) ?? null;
  });
}
