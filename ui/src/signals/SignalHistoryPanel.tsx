import { useState } from "react";
import { exportUrl } from "../api/flowHttp";
import { formatSize } from "../market/prices";
import { useMarket } from "../stores/market";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { NO_FILTERS, queryOf, type Range } from "./filters";
import { PAGE, type Pages, usePages } from "./pages";
import { SessionList } from "./SessionList";
import { SignalDetail } from "./SignalDetail";
import { SignalFilters } from "./SignalFilters";
import { SignalHead, SignalRow } from "./SignalRow";
import type { FlowSession } from "./signal";
import { WinRates } from "./WinRates";
import "../styles/signals.css";
import "../styles/signalHistory.css";

const TABS = ["Signals", "Sessions", "Win rates"] as const;
const FORMATS = ["csv", "json", "parquet"] as const;

/** Signals that are kept, of this and earlier sessions, up to a replay's cursor. */
export function SignalHistoryPanel() {
  const [tab, setTab] = useState<(typeof TABS)[number]>("Signals");
  const [filters, setFilters] = useState(NO_FILTERS);
  const [range, setRange] = useState<Range>({ start: "", end: "" });
  const [session, setSession] = useState<FlowSession | null>(null);
  const instruments = useMarket((s) => s.data.instruments);
  const isReplay = useSession((s) => s.source?.replay != null);
  const symbols = instruments.filter((one) => !one.isSpread).map((one) => one.symbol);
  const query = queryOf(filters, range);
  if (session !== null) query.set("session_id", session.id);
  return (
    <section className="panel signal-history" aria-label="Signal history">
      <div className="panel-head">
        <h2>Signal history</h2>
        <fieldset className="switch">
          <legend className="unseen">Shown</legend>
          {TABS.map((one) => (
            <button type="button" key={one} aria-pressed={tab === one} onClick={() => setTab(one)}>
              {one}
            </button>
          ))}
        </fieldset>
        {isReplay && (
          <span className="mark" title="What a replay has not come to yet is not told">
            up to the cursor
          </span>
        )}
        <span className="spring" />
        <span className="exports">
          <span>Export</span>
          {FORMATS.map((format) => (
            <a
              key={format}
              href={exportUrl(query, format)}
              download={`signals.${format}`}
              title="All signals that these filters let through"
            >
              {format}
            </a>
          ))}
        </span>
      </div>
      {tab !== "Sessions" && (
        <div className="signal-query">
          <SignalFilters filters={filters} onChange={setFilters} symbols={symbols} />
          <RangeFields range={range} onChange={setRange} />
          {session !== null && (
            <button
              type="button"
              className="chip"
              title="Signals of every session again"
              onClick={() => setSession(null)}
            >
              {session.symbol} {session.tradeDate} ✕
            </button>
          )}
        </div>
      )}
      {tab === "Signals" && <KeptSignals query={query.toString()} />}
      {tab === "Sessions" && (
        <SessionList
          onShow={(one) => {
            setSession(one);
            setTab("Signals");
          }}
        />
      )}
      {tab === "Win rates" && <WinRates query={query.toString()} />}
    </section>
  );
}

interface RangeFieldsProps {
  range: Range;
  onChange(range: Range): void;
}

function RangeFields({ range, onChange }: RangeFieldsProps) {
  const field = (name: "start" | "end", label: string) => (
    <input
      type="text"
      className="range"
      aria-label={label}
      placeholder={label}
      title="A day, 2025-11-24, or a time in UTC, 2025-11-24 14:30"
      defaultValue={range[name]}
      spellCheck={false}
      autoComplete="off"
      onBlur={(event) => onChange({ ...range, [name]: event.target.value })}
      onKeyDown={(event) => {
        if (event.key === "Enter") onChange({ ...range, [name]: event.currentTarget.value });
      }}
    />
  );
  return (
    <>
      {field("start", "From")}
      {field("end", "To")}
    </>
  );
}

function KeptSignals({ query }: { query: string }) {
  const zone = useSettings((s) => s.zone);
  const pages = usePages(query);
  const [pickedId, setPickedId] = useState<string | null>(null);
  const { signals, problem, loading } = pages;
  const picked = signals.find((one) => one.id === pickedId);
  return (
    <>
      <div className="rows signal-rows" aria-busy={loading}>
        <SignalHead />
        {problem !== null && (
          <p className="empty">
            {problem.message} {problem.hint}
          </p>
        )}
        {problem === null && signals.length === 0 && (
          <p className="empty">{loading ? "…" : "No signal is kept that passes these filters."}</p>
        )}
        <div role="listbox" aria-label="Kept signals" tabIndex={-1}>
          {problem === null &&
            signals.map((signal) => (
              <SignalRow
                key={signal.id}
                signal={signal}
                zone={zone}
                dated
                selected={signal.id === pickedId}
                onPick={() => setPickedId(signal.id === pickedId ? null : signal.id)}
              />
            ))}
        </div>
      </div>
      {picked !== undefined && (
        <SignalDetail
          signal={picked}
          zone={zone}
          onClose={() => setPickedId(null)}
          onNoted={pages.note}
        />
      )}
      <Pager pages={pages} />
    </>
  );
}

function Pager({ pages }: { pages: Pages }) {
  const { page, last, total, signals, turn, refresh } = pages;
  const first = page * PAGE;
  return (
    <nav className="pager" aria-label="Pages">
      <button type="button" disabled={page === 0} onClick={() => turn(page - 1)}>
        Newer
      </button>
      <output aria-label="Kept signals shown">
        {total === 0
          ? "none"
          : `${formatSize(first + 1)} to ${formatSize(first + signals.length)} of ${formatSize(total)}`}
      </output>
      <button type="button" disabled={page >= last} onClick={() => turn(page + 1)}>
        Older
      </button>
      <span className="spring" />
      <button type="button" className="quiet" title="Ask the server again" onClick={refresh}>
        Refresh
      </button>
    </nav>
  );
}
