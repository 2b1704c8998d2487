import { useRef, useState } from "react";
import type { Trade } from "../api/messages";
import { formatSize } from "../market/prices";
import { newestFirst, type TradeTape } from "../market/tradeTape";
import { useActive } from "../stores/active";
import { usePin } from "../stores/pins";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { CheckBox } from "./CheckBox";
import { TapeRows } from "./TapeRows";

interface Held {
  rows: Trade[];
  taken: number;
  tape: TradeTape;
}

/** Time and sales: newest on top; still while the pointer rests on it or it is scrolled. */
export function TapePanel() {
  const { data, instrument, market } = useActive();
  const { zone, minSize, allInstruments, set } = useSettings();
  const [hovered, setHovered] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const depth = useSession((s) => s.source?.depth ?? "");
  const pin = usePin();
  const held = useRef<Held | null>(null);
  const tape = allInstruments && pin === null ? data.tape : market?.tape;

  const still = hovered || scrolled;
  if (!still || held.current?.tape !== tape) {
    held.current =
      tape === undefined
        ? null
        : // As many as the tape always keeps: a list whose length stays is not laid out anew.
          { rows: newestFirst(tape.trades, minSize, tape.most), taken: tape.taken, tape };
  }
  const rows = held.current?.rows ?? [];
  const waiting = still ? (tape?.taken ?? 0) - (held.current?.taken ?? 0) : 0;
  return (
    <section className="panel tape" aria-label={pin === null ? "Tape" : `Tape of ${pin}`}>
      <div className="panel-head">
        <h2>Tape</h2>
        {still && (
          <span className="badge paused" role="status">
            paused{waiting > 0 ? ` · ${formatSize(waiting)} waiting` : ""}
          </span>
        )}
        <span className="spring" />
        <label className="field inline" title="Trades smaller than this are not shown">
          <span>Min size</span>
          <input
            type="number"
            min={1}
            max={100_000}
            value={minSize}
            onChange={(event) => {
              held.current = null;
              set({ minSize: Math.max(1, Math.floor(event.target.valueAsNumber) || 1) });
            }}
          />
        </label>
        <CheckBox
          title="Trades of every subscribed instrument"
          checked={allInstruments}
          onChange={(chosen) => set({ allInstruments: chosen })}
        >
          All
        </CheckBox>
      </div>
      <TapeRows
        rows={rows}
        instruments={data.instruments}
        tick={instrument?.tick ?? null}
        showSymbol={allInstruments && pin === null}
        zone={zone}
        none={noTrades(depth, tape !== undefined && tape.taken > 0)}
        onHover={setHovered}
        onScroll={setScrolled}
      />
    </section>
  );
}

/** What an empty tape says. */
function noTrades(depth: string, filtered: boolean): string {
  if (depth === "bars") return "This source has candles only: there is no tape.";
  return filtered ? "No trade of this size yet." : "No trades yet.";
}
