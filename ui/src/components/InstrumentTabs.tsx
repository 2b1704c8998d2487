import { useMemo } from "react";
import type { Instrument } from "../api/messages";
import { inListOrder } from "../market/instruments";
import type { MarketData } from "../market/marketData";
import { formatPrice } from "../market/prices";
import { useMarket } from "../stores/market";

/** The instruments of the subscription; one of them is shown. */
export function InstrumentTabs() {
  const data = useMarket((s) => s.data);
  const activeId = useMarket((s) => s.activeId);
  const pick = useMarket((s) => s.pick);
  useMarket((s) => s.frame);
  const { instruments } = data;
  const listed = useMemo(() => inListOrder(instruments), [instruments]);
  if (listed.length === 0) return null;
  return (
    <div className="instruments" role="tablist" aria-label="Instruments">
      {listed.map((instrument) => (
        <button
          type="button"
          role="tab"
          key={instrument.instrumentId}
          aria-selected={instrument.instrumentId === activeId}
          onClick={() => instrument.instrumentId !== null && pick(instrument.instrumentId)}
        >
          {instrument.symbol} <span className="last">{lastOf(data, instrument)}</span>
        </button>
      ))}
    </div>
  );
}

function lastOf(data: MarketData, { instrumentId, tick }: Instrument): string {
  const last = data.dataOf(instrumentId)?.tape.trades.at(-1);
  return last === undefined ? "" : formatPrice(last.price, tick);
}
