import { useMemo, useState } from "react";
import type { Instrument } from "../api/messages";
import { searchSymbols } from "../market/instruments";
import { formatDateTime } from "../market/times";
import { useMarket } from "../stores/market";
import { useOverlay } from "../stores/overlay";
import { showBeside, showSymbol } from "../stores/pins";
import { useSession } from "../stores/session";
import { type Entry, PickList } from "./PickList";

/** Symbols of the source by what was typed, from the letter on that opened it. */
export function SymbolSearch({ onClose }: { onClose: () => void }) {
  const begun = useOverlay((s) => s.typed);
  const beside = useOverlay((s) => s.beside);
  const [typed, setTyped] = useState(begun);
  const all = useSession((s) => s.symbols);
  const streamed = useMarket((s) => s.data.instruments);
  const entries = useMemo((): Entry[] => {
    const isStreamed = (one: Instrument) => streamed.some(({ symbol }) => symbol === one.symbol);
    // A panel is held to one instrument: all expiries are none.
    const wanted = beside ? all.filter((one) => one.stypeIn !== "parent") : all;
    return searchSymbols(wanted, typed.trim()).map((one) => ({
      key: `${one.symbol} ${one.instrumentId}`,
      name: <b>{one.symbol}</b>,
      note: [isStreamed(one) ? "streamed" : "", kindOf(one)]
        .filter((said) => said !== "")
        .join(" · "),
      pick: (withShift) => (withShift !== beside ? showBeside : showSymbol)(one.symbol),
    }));
  }, [all, streamed, typed, beside]);
  return (
    <PickList
      label={beside ? "Symbol to show beside" : "Search symbols"}
      placeholder="ESZ5, NQ.FUT, …"
      typed={typed}
      onType={setTyped}
      entries={entries}
      none="No symbol of this source matches."
      foot={
        beside
          ? "Enter shows it beside · Shift Enter shows it in place · Esc closes"
          : "Enter shows it · Shift Enter shows it beside · Esc closes"
      }
      onClose={onClose}
    />
  );
}

export function kindOf(entry: Instrument): string {
  if (entry.stypeIn === "parent") return "all expiries";
  if (entry.isSpread) return "spread";
  if (entry.expirationNs === null) return "";
  return `expires ${formatDateTime(entry.expirationNs, "utc").slice(0, 10)}`;
}
