import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import type { HistoryRow } from "../api/messages";
import { historyCells, historyHeads } from "../market/historyCells";
import { formatSize } from "../market/prices";
import { useHistory } from "../stores/history";
import { useMarket } from "../stores/market";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { CheckBox } from "./CheckBox";

const ROW_PX = 20;

/** The rows that were fetched, oldest first. */
export function HistoryPanel() {
  const { rows: fetched, rowsSchema, note, close } = useHistory();
  const zone = useSettings((s) => s.zone);
  const instruments = useMarket((s) => s.data.instruments);
  const activeId = useMarket((s) => s.activeId);
  const isReplay = useSession((s) => s.source?.replay != null);
  const [all, setAll] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const taken = fetched ?? [];
  const rows = useMemo(
    () => (fetched ?? []).filter((row) => all || idOf(row) === activeId),
    [fetched, all, activeId],
  );
  const symbol = instruments.find((i) => i.instrumentId === activeId)?.symbol ?? "";
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const ticks = useMemo(
    () => new Map(instruments.map((i) => [i.instrumentId, i.tick])),
    [instruments],
  );
  return (
    <section className="panel history" aria-label="History">
      <div className="panel-head">
        <h2>History</h2>
        <span className="mark" role="status" title={note}>
          {rows.length < taken.length && `${formatSize(rows.length)} of `}
          {formatSize(taken.length)} rows of {rowsSchema}
          {note === "" ? "" : ` · ${note}`}
        </span>
        <span className="spring" />
        <CheckBox
          title="Rows of every instrument, not of the one shown only"
          checked={all}
          onChange={setAll}
        >
          All instruments
        </CheckBox>
        <button type="button" className="quiet" aria-label="Close history" onClick={close}>
          ✕
        </button>
      </div>
      {rows.length === 0 ? (
        <p className="empty">{noRows(taken.length, symbol, isReplay)}</p>
      ) : (
        <div className="rows" ref={scroller} data-schema={rowsSchema} data-all={all}>
          <div className="history-row head">
            {historyHeads(rowsSchema).map((name) => (
              <span key={name}>{name}</span>
            ))}
          </div>
          <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              return (
                <div key={item.key} className="history-row" data-row style={{ top: item.start }}>
                  {historyCells(row, ticks, zone).map(({ name, text, tone }) => (
                    <span key={name} className={tone}>
                      {text}
                    </span>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      )}
    </section>
  );
}

function idOf(row: HistoryRow): number {
  return row.kind === "bar" ? row.bar.instrumentId : row.trade.instrumentId;
}

/** What an empty table says. */
function noRows(fetched: number, symbol: string, isReplay: boolean): string {
  if (fetched > 0) return `No row of ${symbol} in this range: show all instruments.`;
  if (isReplay) return "Nothing in this range before the replay's cursor.";
  return "Nothing was traded in this range, or the source does not cover it.";
}
