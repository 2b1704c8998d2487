import type { MarketData } from "../market/marketData";
import { decimalsOf } from "../market/prices";
import { useMarket } from "../stores/market";

/** Decimals of a symbol's tick, or of the step that its prices allow; null where the page knows neither. */
export function decimalsIn(data: MarketData, symbol: string): number | null {
  const found = data.instruments.find((one) => one.symbol === symbol);
  const step = found?.tick ?? data.dataOf(found?.instrumentId ?? null)?.step ?? null;
  return step === null ? null : decimalsOf(step);
}

export function useDecimals(symbol: string): number | null {
  return useMarket(({ data }) => decimalsIn(data, symbol));
}
