import { useEffect, useState } from "react";
import { fetchSignals, fetchStats } from "../api/flowHttp";
import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { formatDateTime } from "../market/times";
import { type Bucket, bucketsOf } from "./buckets";
import { StatsTable, useStats } from "./SignalStats";
import { rateText, rateTone } from "./words";

interface Bar {
  bucket: Bucket;
  wins: number;
  losses: number;
  winRate: number | null;
}

/** Win rates of these signals: by kind and direction, and over time. */
export function WinRates({ query }: { query: string }) {
  const { stats, problem } = useStats(query);
  const [bars, setBars] = useState<readonly Bar[] | null>(null);
  const [missed, setMissed] = useState<Problem | null>(null);
  const total = stats?.total ?? 0;
  const resolved = stats?.byDirection.reduce(
    (sum, { tally }) => sum + tally.wins + tally.losses,
    0,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what resolved since is what the bars are of
  useEffect(() => {
    const mine = new AbortController();
    barsOf(query, total, mine.signal)
      .then((found) => {
        setBars(found);
        setMissed(null);
      })
      .catch((error) => !mine.signal.aborted && setMissed(problemOf(error)));
    return () => mine.abort();
  }, [query, total, resolved]);
  const wrong = problem ?? missed;
  if (wrong !== null) {
    return (
      <p className="empty">
        {wrong.message} {wrong.hint}
      </p>
    );
  }
  if (stats === null || bars === null) return <p className="empty">…</p>;
  return (
    <div className="rows win-rates">
      {bars.length > 0 && (
        <figure aria-label="Win rate over time">
          <figcaption>
            Win rate by {bars[0]?.bucket.isDay === true ? "day" : "hour"}, UTC
          </figcaption>
          <ol>
            {bars.map((bar) => (
              <RateBar key={String(bar.bucket.fromNs)} bar={bar} />
            ))}
          </ol>
        </figure>
      )}
      <StatsTable stats={stats} />
    </div>
  );
}

function RateBar({ bar }: { bar: Bar }) {
  const { bucket, wins, losses, winRate } = bar;
  const from = formatDateTime(bucket.fromNs, "utc");
  const label = bucket.isDay ? from.slice(5, 10) : `${from.slice(11, 13)}h`;
  return (
    <li title={`${from}: ${wins} won, ${losses} lost`}>
      <span className="rate-text">{rateText(winRate)}</span>
      <span className="rate-well">
        <span className={`rate-fill ${rateTone(winRate)}`} style={{ height: `${winRate ?? 0}%` }} />
      </span>
      <span className="rate-when">{label}</span>
    </li>
  );
}

async function barsOf(query: string, total: number, signal: AbortSignal): Promise<Bar[]> {
  if (total === 0) return [];
  const asked = new URLSearchParams(query);
  const [newest, oldest] = await Promise.all([
    fetchSignals(asked, 1, 0, signal),
    fetchSignals(asked, 1, total - 1, signal),
  ]);
  const [from, to] = [oldest.signals[0]?.tsNs, newest.signals[0]?.tsNs];
  if (from === undefined || to === undefined) return [];
  return Promise.all(
    bucketsOf(from, to).map(async (bucket) => {
      const within = new URLSearchParams(query);
      within.set("start_date", String(bucket.fromNs < from ? from : bucket.fromNs));
      within.set("end_date", String(bucket.toNs > to ? to : bucket.toNs));
      const { byDirection } = await fetchStats(within, signal);
      const sum = (of: "wins" | "losses") =>
        byDirection.reduce((all, { tally }) => all + tally[of], 0);
      const [wins, losses] = [sum("wins"), sum("losses")];
      const winRate = wins + losses === 0 ? null : (100 * wins) / (wins + losses);
      return { bucket, wins, losses, winRate };
    }),
  );
}
