import { useState } from "react";
import { exportUrl } from "../api/flowHttp";
import { formatSize } from "../market/prices";
import { useMarket } from "../stores/market";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { NO_FILTERS, queryOf, type Range } from "./filters";
import { PAGE, type Pages, usePages } from "./pages";
import { RulesFilter } from "./RulesFilter";
import { SessionList, titleOf } from "./SessionList";
import { SignalDetail } from "./SignalDetail";
import { SignalFilters } from "./SignalFilters";
import { SignalHead, SignalRow } from "./SignalRow";
import type { FlowSession, Signal } from "./signal";
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
  const [rules, setRules] = useState("");
  const [session, setSession] = useState<FlowSession | null>(null);
  const instruments = useMarket((s) => s.data.instruments);
  const isReplay = useSession((s) => s.source?.replay != null);
  const symbols = instruments.filter((one) => !one.isSpread).map((one) => one.symbol);
  const query = queryOf(filters, range);
  if (rules !== "") query.set("rules", rules);
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
      <div className="signal-query">
        {tab !== "Sessions" && (
          <>
            <SignalFilters filters={filters} onChange={setFilters} symbols={symbols} />
            <RangeFields range={range} onChange={setRange} />
          </>
        )}
        <RulesFilter
          rules={rules}
          onChange={(chosen) => {
            setRules(chosen);
            // A session is of one set of thresholds.
            setSession(null);
          }}
        />
        {tab !== "Sessions" && session !== null && (
          <button
            type="button"
            className="chip"
            title="Signals of every session again"
            onClick={() => setSession(null)}
          >
            {titleOf(session, rules !== "")} ✕
          </button>
        )}
      </div>
      {tab === "Signals" && <KeptSignals query={query.toString()} ruled={rules !== ""} />}
      {tab === "Sessions" && (
        <SessionList
          rules={rules}
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

/** An event can be a signal by several sets of thresholds. */
const keyOf = ({ id, rules }: Signal) => `${id} ${rules}`;

function KeptSignals({ query, ruled }: { query: string; ruled: boolean }) {
  const zone = useSettings((s) => s.zone);
  const pages = usePages(query);
  const [pickedKey, setPickedKey] = useState<string | null>(null);
  const { signals, problem, loading } = pages;
  const picked = signals.find((one) => keyOf(one) === pickedKey);
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
                key={keyOf(signal)}
                signal={signal}
                zone={zone}
                dated
                ruled={ruled}
                selected={signal === picked}
                onPick={() => setPickedKey(signal === picked ? null : keyOf(signal))}
              />
            ))}
        </div>
      </div>
      {picked !== undefined && (
        <SignalDetail
          signal={picked}
          zone={zone}
          onClose={() => setPickedKey(null)}
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
