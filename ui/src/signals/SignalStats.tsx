import { useEffect, useState } from "react";
import { fetchStats } from "../api/flowHttp";
import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { formatSize } from "../market/prices";
import { liveSignals } from "../stores/signals";
import { kindName } from "./kinds";
import type { Stats, Tally } from "./signal";
import { rateText, rateTone } from "./words";

const AGAIN_MS = 3_000;

/** What the server counts of these signals, asked again as signals come and resolve. */
export function useStats(query: string): { stats: Stats | null; problem: Problem | null } {
  const [told, setTold] = useState<{ stats: Stats | null; problem: Problem | null }>({
    stats: null,
    problem: null,
  });
  useEffect(() => {
    const mine = new AbortController();
    let asked = -1;
    const ask = async () => {
      const { version } = liveSignals;
      if (asked === version) return;
      asked = version;
      try {
        const stats = await fetchStats(new URLSearchParams(query), mine.signal);
        setTold({ stats, problem: null });
      } catch (error) {
        if (!mine.signal.aborted) setTold({ stats: null, problem: problemOf(error) });
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), AGAIN_MS);
    return () => {
      mine.abort();
      clearInterval(timer);
    };
  }, [query]);
  return told;
}

/** Signals and what became of them, by kind and by direction. */
export function StatsTable({ stats }: { stats: Stats }) {
  if (stats.total === 0) return <p className="empty">No signals to count yet.</p>;
  return (
    <table className="stats" aria-label="Statistics">
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">Signals</th>
          <th scope="col">Wins</th>
          <th scope="col">Losses</th>
          <th scope="col">Even</th>
          <th scope="col">Win rate</th>
        </tr>
      </thead>
      <tbody>
        {stats.byKind.map(({ kind, tally }) => (
          <TallyRow key={kind} name={kindName(kind)} tally={tally} />
        ))}
      </tbody>
      <tbody>
        {stats.byDirection.map(({ direction, tally }) => (
          <TallyRow
            key={direction}
            name={direction}
            tone={direction === "bullish" ? "buy" : "sell"}
            tally={tally}
          />
        ))}
      </tbody>
    </table>
  );
}

function TallyRow({ name, tone, tally }: { name: string; tone?: string; tally: Tally }) {
  return (
    <tr>
      <th scope="row" className={tone}>
        {name}
      </th>
      <td>{formatSize(tally.count)}</td>
      <td>{formatSize(tally.wins)}</td>
      <td>{formatSize(tally.losses)}</td>
      <td>{formatSize(tally.breakeven)}</td>
      <td>
        <Rate winRate={tally.winRate} />
      </td>
    </tr>
  );
}

export function Rate({ winRate }: { winRate: number | null }) {
  return (
    <span className={`rate ${rateTone(winRate)}`}>
      <span className="rate-bar" style={{ width: `${(winRate ?? 0) * 0.6}px` }} />
      {rateText(winRate)}
    </span>
  );
}
