import { type Interval, intervalNamed } from "../market/bars";
import { useMarket } from "./market";
import { useSettings } from "./settings";

/** The interval of the chart: the one that a person chose, else the one that fits. */
export function useInterval(): { interval: Interval; isChosen: boolean } {
  const chosen = useSettings((s) => s.interval);
  const fitting = useMarket((s) => s.fitting);
  return { interval: intervalNamed(chosen ?? fitting ?? ""), isChosen: chosen !== null };
}
