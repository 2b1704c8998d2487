import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { historyCells, historyHeads } from "../market/historyCells";
import { formatSize } from "../market/prices";
import { useHistory } from "../stores/history";
import { useMarket } from "../stores/market";
import { useSettings } from "../stores/settings";

const ROW_PX = 20;

/** The rows that were fetched, oldest first. */
export function HistoryPanel() {
  const { rows: fetched, rowsSchema, note, close } = useHistory();
  const zone = useSettings((s) => s.zone);
  const instruments = useMarket((s) => s.data.instruments);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = fetched ?? [];
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
        <span className="mark" role="status">
          {formatSize(rows.length)} rows of {rowsSchema}
          {note === "" ? "" : ` · ${note}`}
        </span>
        <span className="spring" />
        <button type="button" className="quiet" aria-label="Close history" onClick={close}>
          ✕
        </button>
      </div>
      {rows.length === 0 ? (
        <p className="empty">Nothing was traded in this range, or the source does not cover it.</p>
      ) : (
        <div className="rows" ref={scroller} data-schema={rowsSchema}>
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
                <div
                  key={item.key}
                  className="history-row"
                  data-row
                  style={{ transform: `translateY(${item.start}px)` }}
                >
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
