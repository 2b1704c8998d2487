import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { formatSize } from "../market/prices";
import { useAlerts } from "../stores/alerts";
import { useHint } from "../stores/keymap";
import { useOverlay } from "../stores/overlay";
import { useSettings } from "../stores/settings";
import { liveSignals, useSignals } from "../stores/signals";
import { NO_FILTERS, passes, queryOf } from "./filters";
import { SignalDetail } from "./SignalDetail";
import { SignalFilters } from "./SignalFilters";
import { SignalHead, SignalRow } from "./SignalRow";
import { StatsTable, useStats } from "./SignalStats";
import type { Signal } from "./signal";
import { ownText } from "./thresholds";
import "../styles/signals.css";
import "../styles/signalHistory.css";

const ROW_PX = 22;

/** The signals of the stream, newest on top, and what became of those of each kind. */
export function SignalsPanel() {
  const frame = useSignals((s) => s.frame);
  const problem = useSignals((s) => s.problem);
  const zone = useSettings((s) => s.zone);
  const [filters, setFilters] = useState(NO_FILTERS);
  const [filtersOpen, setFiltersOpen] = useState(false);
  const [shows, setShows] = useState<"list" | "statistics">("list");
  const [pickedId, setPickedId] = useState<string | null>(null);
  const all = liveSignals.list;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is changed in place; frame says when
  const rows = useMemo(
    () => newestFirst(all, (one) => passes(one, filters)),
    [all, frame, filters],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is changed in place; frame says when
  const symbols = useMemo(() => [...new Set(all.map((one) => one.symbol))].sort(), [all, frame]);
  const isSet = Object.values(filters).some((value) => value !== "");
  const picked = pickedId === null ? undefined : rows.find((one) => one.id === pickedId);
  return (
    <section className="panel signals" aria-label="Signals">
      <div className="panel-head">
        <h2>Signals</h2>
        <fieldset className="switch">
          <legend className="unseen">Shown</legend>
          {(["list", "statistics"] as const).map((one) => (
            <button
              type="button"
              key={one}
              aria-pressed={shows === one}
              onClick={() => setShows(one)}
            >
              {one === "list" ? "List" : "Statistics"}
            </button>
          ))}
        </fieldset>
        <span className="mark" role="status" aria-label="Signals shown">
          {rows.length < all.length && `${formatSize(rows.length)} of `}
          {formatSize(all.length)}
        </span>
        <span className="spring" />
        {problem !== null && (
          <span className="badge warn" title={`${problem.message} ${problem.hint}`}>
            no signals
          </span>
        )}
        <button
          type="button"
          className="quiet"
          aria-expanded={filtersOpen}
          data-set={isSet}
          onClick={() => setFiltersOpen(!filtersOpen)}
        >
          Filter
        </button>
        <Mute />
      </div>
      <OwnThresholdsLine />
      {filtersOpen && (
        <SignalFilters filters={filters} onChange={setFilters} hasStrength symbols={symbols} />
      )}
      {shows === "statistics" ? (
        <Statistics query={queryOf(filters).toString()} />
      ) : (
        <SignalList
          rows={rows}
          none={all.length > 0 ? "No signal passes these filters." : "No signals yet."}
          pickedId={pickedId}
          onPick={(id) => setPickedId(id === pickedId ? null : id)}
        />
      )}
      {picked !== undefined && shows === "list" && (
        <SignalDetail signal={picked} zone={zone} onClose={() => setPickedId(null)} />
      )}
    </section>
  );
}

function newestFirst(all: readonly Signal[], wanted: (one: Signal) => boolean): Signal[] {
  const rows = all.filter(wanted).reverse();
  // Those of one time stand as they came; the past of several symbols comes one after the other.
  return rows.sort((a, b) => (a.tsNs === b.tsNs ? 0 : a.tsNs < b.tsNs ? 1 : -1));
}

/** That signals are made by other thresholds than the defaults, and by which. */
function OwnThresholdsLine() {
  const thresholds = useSignals((s) => s.thresholds);
  const own = [...thresholds].filter(([, one]) => Object.keys(one).length > 0);
  const first = own[0];
  if (first === undefined) return null;
  return (
    <button
      type="button"
      className="own-thresholds"
      title={own.map(([symbol, one]) => `${symbol}: ${ownText(one)}`).join("\n")}
      onClick={() => useOverlay.getState().show("settings", "Studies")}
    >
      Own thresholds: {ownText(first[1])}
    </button>
  );
}

/** Whether alerts are heard. */
function Mute() {
  const muted = useAlerts((s) => s.muted);
  const hint = useHint();
  return (
    <button
      type="button"
      className="quiet"
      aria-pressed={muted}
      aria-label="Mute"
      title={hint(muted ? "Alerts are muted" : "Mute alerts", "mute")}
      onClick={() => useAlerts.getState().toggleMute()}
    >
      {muted ? "Muted" : "Mute"}
    </button>
  );
}

function Statistics({ query }: { query: string }) {
  const { stats, problem } = useStats(query);
  if (problem !== null) {
    return (
      <p className="empty">
        {problem.message} {problem.hint}
      </p>
    );
  }
  if (stats === null) return <p className="empty">…</p>;
  return (
    <div className="rows stats-rows">
      <StatsTable stats={stats} />
    </div>
  );
}

interface SignalListProps {
  rows: readonly Signal[];
  none: string;
  pickedId: string | null;
  onPick(id: string): void;
}

function SignalList({ rows, none, pickedId, onPick }: SignalListProps) {
  const zone = useSettings((s) => s.zone);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: (at) => rows[at]?.id ?? at,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  return (
    <div className="rows signal-rows" ref={scroller}>
      <SignalHead />
      {rows.length === 0 && <p className="empty">{none}</p>}
      <div
        role="listbox"
        aria-label="Signals"
        tabIndex={-1}
        style={{ height: virtual.getTotalSize(), position: "relative" }}
      >
        {virtual.getVirtualItems().map(({ index, start, size, key }) => {
          const signal = rows[index];
          if (signal === undefined) return null;
          return (
            <SignalRow
              key={key}
              signal={signal}
              zone={zone}
              dated={false}
              selected={signal.id === pickedId}
              style={{ height: size, transform: `translateY(${start}px)` }}
              onPick={() => onPick(signal.id)}
            />
          );
        })}
      </div>
    </div>
  );
}
