import { decimalsOf } from "../market/prices";
import { useMarket } from "../stores/market";

/** Decimals of a symbol's tick; null where the page knows neither. */
export function useDecimals(symbol: string): number | null {
  return useMarket(({ data }) => {
    const tick = data.instruments.find((one) => one.symbol === symbol)?.tick ?? null;
    return tick === null ? null : decimalsOf(tick);
  });
}
