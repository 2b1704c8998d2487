import { Fragment, useEffect, useState } from "react";
import { fetchSessions, fetchStats } from "../api/flowHttp";
import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { formatSize } from "../market/prices";
import { kindName } from "./kinds";
import { useRefreshes } from "./refreshes";
import { Rate } from "./SignalStats";
import type { FlowSession, Stats, Tally } from "./signal";
import { ownText } from "./thresholds";
import { rulesName } from "./words";

const MOST = 100;
const COMPARED = 2;

interface SessionListProps {
  /** By which thresholds, as `rules=` of the server has it. */
  rules: string;
  onShow(session: FlowSession): void;
}

/** The sessions that signals are kept of; two of them side by side. */
export function SessionList({ rules, onShow }: SessionListProps) {
  const [sessions, setSessions] = useState<readonly FlowSession[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asked] = useRefreshes();
  // biome-ignore lint/correctness/useExhaustiveDependencies: to ask again is to ask the same
  useEffect(() => {
    const mine = new AbortController();
    fetchSessions(MOST, rules, mine.signal)
      .then((found) => {
        setSessions(found);
        setProblem(null);
      })
      .catch((error) => !mine.signal.aborted && setProblem(problemOf(error)));
    return () => mine.abort();
  }, [rules, asked]);
  if (problem !== null) {
    return (
      <p className="empty">
        {problem.message} {problem.hint}
      </p>
    );
  }
  if (sessions === null) return <p className="empty">…</p>;
  if (sessions.length === 0) return <p className="empty">No session has signals yet.</p>;
  const isRuled = rules !== "";
  const compared = chosen.flatMap((id) => sessions.find((one) => one.id === id) ?? []);
  return (
    <div className="rows session-list">
      <table className="stats" aria-label="Sessions">
        <thead>
          <tr>
            <th scope="col" title="Choose two to compare">
              Compare
            </th>
            <th scope="col">Date</th>
            <th scope="col">Symbol</th>
            {isRuled && (
              <th scope="col" className="text">
                Thresholds
              </th>
            )}
            <th scope="col">Signals</th>
            <th scope="col">Bullish</th>
            <th scope="col">Bearish</th>
            <th scope="col">Wins</th>
            <th scope="col">Losses</th>
            <th scope="col">Win rate</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((one) => (
            <tr key={one.id}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Compare ${titleOf(one, isRuled)}`}
                  checked={chosen.includes(one.id)}
                  onChange={(event) =>
                    setChosen((now) =>
                      event.target.checked
                        ? [...now, one.id].slice(-COMPARED)
                        : now.filter((id) => id !== one.id),
                    )
                  }
                />
              </td>
              <th scope="row">
                <button
                  type="button"
                  className="link"
                  title="The signals of this session"
                  onClick={() => onShow(one)}
                >
                  {one.tradeDate}
                </button>
              </th>
              <td className="text">{one.symbol}</td>
              {isRuled && (
                <td className="text" title={ownText(one.thresholds)}>
                  {rulesName(one.rules)}
                </td>
              )}
              <td>{formatSize(one.signals)}</td>
              <td>{formatSize(one.bullish)}</td>
              <td>{formatSize(one.bearish)}</td>
              <td>{formatSize(one.wins)}</td>
              <td>{formatSize(one.losses)}</td>
              <td>
                <Rate winRate={one.winRate} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {compared.length === COMPARED && <Comparison of={compared} isRuled={isRuled} asked={asked} />}
    </div>
  );
}

interface ComparisonProps {
  of: readonly FlowSession[];
  isRuled: boolean;
  /** Grows when the server is to be asked again. */
  asked: number;
}

/** Two sessions by kind of signal. */
function Comparison({ of, isRuled, asked }: ComparisonProps) {
  const ids = of.map((one) => one.id).join(" ");
  const [told, setTold] = useState<{ ids: string; stats: readonly Stats[] } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: to ask again is to ask the same
  useEffect(() => {
    const mine = new AbortController();
    const ask = (id: string) => fetchStats(new URLSearchParams({ session_id: id }), mine.signal);
    Promise.all(ids.split(" ").map(ask))
      .then((stats) => setTold({ ids, stats }))
      .catch(() => !mine.signal.aborted && setTold({ ids, stats: [] }));
    return () => mine.abort();
  }, [ids, asked]);
  if (told?.ids !== ids) return <p className="empty">…</p>;
  if (told.stats.length === 0) return <p className="empty">These could not be compared.</p>;
  const kinds = [...new Set(told.stats.flatMap((one) => one.byKind.map(({ kind }) => kind)))];
  return (
    <table className="stats comparison" aria-label="Comparison">
      <thead>
        <tr>
          <th scope="col" rowSpan={2}>
            Kind
          </th>
          {of.map((one) => (
            <th scope="colgroup" key={one.id} colSpan={2}>
              {titleOf(one, isRuled)}
            </th>
          ))}
          <th scope="col" rowSpan={2} title="Of the win rates, in points of a percent">
            Difference
          </th>
        </tr>
        <tr>
          {of.map((one) => (
            <Fragment key={one.id}>
              <th scope="col">Signals</th>
              <th scope="col">Win rate</th>
            </Fragment>
          ))}
        </tr>
      </thead>
      <tbody>
        {kinds.map((kind) => (
          <ComparedRow
            key={kind}
            name={kindName(kind)}
            tallies={told.stats.map((stats) => tallyOf(stats, kind))}
          />
        ))}
      </tbody>
      <tbody>
        <ComparedRow
          name="All"
          tallies={of.map(({ signals, winRate }) => ({ count: signals, winRate }))}
        />
      </tbody>
    </table>
  );
}

export function titleOf({ symbol, tradeDate, rules }: FlowSession, isRuled: boolean): string {
  return `${symbol} ${tradeDate}${isRuled ? ` ${rulesName(rules)}` : ""}`;
}

type Compared = Pick<Tally, "count" | "winRate"> | null;

function ComparedRow({ name, tallies }: { name: string; tallies: readonly Compared[] }) {
  const [one, other] = tallies;
  return (
    <tr>
      <th scope="row">{name}</th>
      {tallies.map((tally, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: there are two, and they keep their places
        <Fragment key={i}>
          <td>{tally === null ? "–" : formatSize(tally.count)}</td>
          <td>
            <Rate winRate={tally?.winRate ?? null} />
          </td>
        </Fragment>
      ))}
      <td>{difference(one?.winRate ?? null, other?.winRate ?? null)}</td>
    </tr>
  );
}

function tallyOf(stats: Stats, kind: string): Tally | null {
  return stats.byKind.find((one) => one.kind === kind)?.tally ?? null;
}

function difference(one: number | null, other: number | null): string {
  if (one === null || other === null) return "–";
  const points = Math.round(other - one);
  return `${points > 0 ? "+" : ""}${points}`;
}
