import type { Gap, Source } from "../api/messages";
import type { BookStatus } from "../book/bookClient";
import { formatSize } from "../market/prices";
import { formatClock } from "../market/times";
import { useBookLosses } from "../stores/bookLosses";
import { useMarket } from "../stores/market";
import { useSettings } from "../stores/settings";

const MEANING: Record<Source["mode"], string> = {
  SIMULATED: "A simulated exchange: no real market",
  REPLAY: "Recorded data, replayed",
  LIVE: "A live market",
};

const LAG: Record<Source["mode"], string> = {
  SIMULATED: "Now less the time of the newest record",
  REPLAY: "How far the replay is behind its pace",
  LIVE: "Now less the time at which the newest record was received (ts_recv)",
};

const DEPTH: Record<string, string> = {
  L3: "Every order (market by order)",
  L2: "Sizes by price",
  L1: "The best bid and offer",
};

/** What the data is and how well it arrives. */
export function TrustMarks({ source }: { source: Source }) {
  const gaps = useMarket((s) => (s.frame >= 0 ? s.data.gaps : s.data.gaps));
  const book = useBookLosses();
  const zone = useSettings((s) => s.zone);
  const told = gaps.slice(-5).map((gap: Gap) => {
    const span = `${formatClock(gap.startNs, zone)} to ${formatClock(gap.endNs, zone)}`;
    return `${gap.symbol ?? "all symbols"} ${span}: ${gap.reason}`;
  });
  return (
    <div className="marks">
      <span className={`badge ${source.mode.toLowerCase()}`} title={MEANING[source.mode]}>
        {source.mode}
      </span>
      <span className="badge depth" title={DEPTH[source.depth] ?? source.depth}>
        {source.depth}
      </span>
      <span className="mark dataset">{source.dataset}</span>
      <span className="mark" title={LAG[source.mode]}>
        <b>lag</b> {lagOf(source.lagMs)}
      </span>
      <Count
        name="drops"
        value={source.drops + book.conflated}
        isMarked={book.begunAnew > 0}
        title={dropsTitle(source.drops, book)}
      />
      <Count name="gaps" value={source.gaps} title={["Records missed", ...told].join("\n")} />
      <Count
        name="crossings"
        value={source.crossings}
        title="Events after which a best bid stood above its best ask: as in an auction, or bad data"
      />
      <BookState />
    </div>
  );
}

const STATES: Record<string, { tone: string; title: string }> = {
  crossed: {
    tone: "bad",
    title: "The best bid is above the best ask: as in an auction before the open, or bad data",
  },
  locked: { tone: "warn", title: "The best bid is the best ask" },
  stale: { tone: "warn", title: "Records are missing: this may not be the book" },
};

/** Whether the book shown can be trusted; an ordinary one is not worth a word. */
function BookState() {
  const said = useMarket(({ data, activeId, frame }) => {
    const book = frame >= 0 ? data.dataOf(activeId)?.book : null;
    if (book == null) return "";
    const { crossed, locked, stale } = book;
    return Object.entries({ crossed, locked, stale })
      .filter(([, is]) => is)
      .map(([name]) => name)
      .join(" ");
  });
  if (said === "") return null;
  return said.split(" ").map((name) => (
    <span key={name} className={`badge ${STATES[name]?.tone}`} title={STATES[name]?.title}>
      {name}
    </span>
  ));
}

function dropsTitle(live: number, { conflated, begunAnew }: BookStatus): string {
  return [
    "What did not come to this page as it was sent",
    `Trades and closed bars dropped: ${formatSize(live)}`,
    `Messages of books left out, a later snapshot tells more: ${formatSize(conflated)}`,
    `Books begun anew: ${formatSize(begunAnew)}`,
  ].join("\n");
}

function lagOf(lagMs: number | null): string {
  if (lagMs === null) return "–";
  if (lagMs >= 1_000) return `${(lagMs / 1_000).toFixed(1)} s`;
  return `${lagMs.toFixed(lagMs < 10 ? 1 : 0)} ms`;
}

interface CountProps {
  name: string;
  value: number;
  title: string;
  /** Whether what the title tells is worth a mark where there is nothing to count. */
  isMarked?: boolean;
}

function Count({ name, value, title, isMarked = false }: CountProps) {
  return (
    <span className={value > 0 || isMarked ? "mark bad" : "mark"} title={title}>
      <b>{name}</b> {formatSize(value)}
    </span>
  );
}
