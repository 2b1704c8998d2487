import { useEffect, useState } from "react";
import { fetchSessions, fetchStats } from "../api/flowHttp";
import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { formatSize } from "../market/prices";
import { Rate } from "./SignalStats";
import { type FlowSession, kindName, type Stats, type Tally } from "./signal";
import { rateText } from "./words";

const MOST = 100;
const COMPARED = 2;

/** The sessions that signals are kept of; two of them side by side. */
export function SessionList({ onShow }: { onShow(session: FlowSession): void }) {
  const [sessions, setSessions] = useState<readonly FlowSession[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  useEffect(() => {
    const mine = new AbortController();
    fetchSessions(MOST, mine.signal)
      .then(setSessions)
      .catch((error) => !mine.signal.aborted && setProblem(problemOf(error)));
    return () => mine.abort();
  }, []);
  if (problem !== null) {
    return (
      <p className="empty">
        {problem.message} {problem.hint}
      </p>
    );
  }
  if (sessions === null) return <p className="empty">…</p>;
  if (sessions.length === 0) return <p className="empty">No session has signals yet.</p>;
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
                  aria-label={`Compare ${one.symbol} of ${one.tradeDate}`}
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
      {compared.length === COMPARED && <Comparison of={compared} />}
    </div>
  );
}

/** Two sessions by kind of signal. */
function Comparison({ of }: { of: readonly FlowSession[] }) {
  const ids = of.map((one) => one.id).join(" ");
  const [told, setTold] = useState<{ ids: string; stats: readonly Stats[] } | null>(null);
  useEffect(() => {
    const mine = new AbortController();
    const ask = (id: string) => fetchStats(new URLSearchParams({ session_id: id }), mine.signal);
    Promise.all(ids.split(" ").map(ask))
      .then((stats) => setTold({ ids, stats }))
      .catch(() => !mine.signal.aborted && setTold({ ids, stats: [] }));
    return () => mine.abort();
  }, [ids]);
  if (told?.ids !== ids) return <p className="empty">…</p>;
  if (told.stats.length === 0) return <p className="empty">These could not be compared.</p>;
  const kinds = [...new Set(told.stats.flatMap((one) => one.byKind.map(({ kind }) => kind)))];
  return (
    <table className="stats comparison" aria-label="Comparison">
      <thead>
        <tr>
          <th scope="col">Kind</th>
          {of.map((one) => (
            <th scope="col" key={one.id} colSpan={2}>
              {one.symbol} {one.tradeDate}
            </th>
          ))}
          <th scope="col" title="Of the win rates, in points of a percent">
            ±
          </th>
        </tr>
      </thead>
      <tbody>
        {kinds.map((kind) => {
          const [one, other] = told.stats.map((stats) => tallyOf(stats, kind));
          return (
            <tr key={kind}>
              <th scope="row">{kindName(kind)}</th>
              {[one, other].map((tally, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: there are two, and they keep their places
                <TallyCells key={i} tally={tally ?? null} />
              ))}
              <td>{difference(one?.winRate ?? null, other?.winRate ?? null)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function tallyOf(stats: Stats, kind: string): Tally | null {
  return stats.byKind.find((one) => one.kind === kind)?.tally ?? null;
}

function TallyCells({ tally }: { tally: Tally | null }) {
  return (
    <>
      <td>{tally === null ? "–" : formatSize(tally.count)}</td>
      <td>{rateText(tally?.winRate ?? null)}</td>
    </>
  );
}

function difference(one: number | null, other: number | null): string {
  if (one === null || other === null) return "–";
  const points = Math.round(other - one);
  return `${points > 0 ? "+" : ""}${points}`;
}
