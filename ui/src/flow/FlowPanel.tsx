import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { useInstrument } from "../stores/active";
import { useInterval } from "../stores/interval";
import { usePin } from "../stores/pins";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { BubbleCard } from "./BubbleCard";
import { FlowControls } from "./FlowControls";
import type { FeedStatus, FlowFeed } from "./feed";
import { useFlowFeed } from "./feeds";
import type { BubbleItem } from "./flowState";
import { type MountedChart, mountChart } from "./mount";
import { DEFAULTS, type FlowSettings, useFlowCharts } from "./settings";

const NOBODY = createStore<FeedStatus>()(() => ({
  connection: { state: "idle" },
  problem: null,
  isCaught: false,
  isPaused: false,
}));

interface Picked {
  bubble: BubbleItem;
  place: { left: number; top: number };
}

export function FlowPanel() {
  const pin = usePin();
  const id = pin === null ? "flow" : `flow@${pin}`;
  const instrument = useInstrument();
  const symbol = instrument?.symbol ?? pin;
  const own = useFlowCharts((s) => s.charts[id]);
  const fitting = useInterval().interval.name;
  const settings = useMemo<FlowSettings>(() => ({ ...DEFAULTS, ...own }), [own]);
  const every = settings.every ?? fitting;
  const set = useCallback(
    (change: Partial<FlowSettings>) => useFlowCharts.getState().set(id, change),
    [id],
  );
  const feed = useFlowFeed(symbol, every);
  const { theme, colours, zone } = useSettings();
  const body = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<MountedChart | null>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [picked, setPicked] = useState<Picked | null>(null);
  const [hasBars, setHasBars] = useState(false);

  useEffect(() => {
    if (body.current === null) return;
    const made = mountChart(body.current, id, {
      onFollow: setFollowing,
      onPick: setPicked,
      onBars: setHasBars,
      onFix: (fixedRange) => set({ fixedRange }),
    });
    setChart(made);
    return () => {
      made.destroy();
      setChart(null);
    };
  }, [id, set]);
  useEffect(() => chart?.show(feed), [chart, feed]);
  useEffect(() => chart?.set({ ...settings, every }), [chart, settings, every]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page's style, which these change
  useEffect(() => chart?.restyle(), [chart, theme, colours, zone]);
  useEffect(() => chart?.pin(picked?.bubble ?? null), [chart, picked]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was picked belongs to the chart that was shown
  useEffect(() => setPicked(null), [symbol, every]);

  const name = pin === null ? "Flow" : `Flow of ${pin}`;
  return (
    <section className="panel flow" aria-label={name}>
      <div className="panel-head">
        <h2>{name}</h2>
        <span className="mark">{symbol ?? "–"}</span>
        {hasBars && <FeedMark feed={feed} />}
        <FlowControls settings={settings} fitting={fitting} set={set} />
        <span className="spring" />
        <button
          type="button"
          className="quiet"
          aria-pressed={isFollowing}
          onClick={() => chart?.toggleFollow()}
          title="Move with the market (F)"
        >
          Follow
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => chart?.refit()}
          title="The newest time, and the prices around it (double-click)"
        >
          Refit
        </button>
      </div>
      <div className="flow-stage">
        <div className="flow-body" ref={body} />
        {picked !== null && feed !== null && (
          <BubbleCard
            symbol={feed.symbol}
            bubble={picked.bubble}
            leastPrint={feed.state.leastPrint}
            sweeps={sweepsOf(feed, picked.bubble)}
            words={{ tick: feed.state.tick, zone }}
            place={picked.place}
            onClose={() => setPicked(null)}
          />
        )}
        {!hasBars && <Empty feed={feed} symbol={symbol} />}
      </div>
    </section>
  );
}

/** What is shown may be out of date, or not all that was asked for. */
function FeedMark({ feed }: { feed: FlowFeed | null }) {
  const { problem, connection } = useStore(feed?.status ?? NOBODY);
  const isLost = connection.state === "waiting" || connection.state === "connecting";
  if (!isLost && problem === null) return null;
  return (
    <span className="badge warn" role="status" title={problem?.message ?? ""}>
      {isLost ? "reconnecting…" : (problem?.message ?? "")}
    </span>
  );
}

/** Sweeps of a bubble's window and side. */
function sweepsOf(feed: FlowFeed, bubble: BubbleItem) {
  return feed.state.sweeps
    .between(Number(BigInt(bubble.message.startNs) / 1_000_000n), bubble.ms)
    .filter(({ message }) => message.side === bubble.side && message.prints > 1)
    .sort((a, b) => b.message.size - a.message.size)
    .slice(0, 6);
}

function Empty({ feed, symbol }: { feed: FlowFeed | null; symbol: string | null }) {
  const { problem, isCaught, connection } = useStore(feed?.status ?? NOBODY);
  const depth = useSession((s) => s.source?.depth ?? "");
  return <p className="empty over">{emptyText()}</p>;

  function emptyText(): string {
    if (depth === "bars") return "This source has candles only: order flow needs trades.";
    if (symbol === null) return "No instrument is shown: choose symbols above, or type one.";
    if (problem !== null) return [problem.message, problem.hint].filter(Boolean).join(" ");
    if (connection.state === "waiting")
      return "The stream of order flow is not there; trying again…";
    return isCaught ? "No trades yet." : "Asking for the past…";
  }
}
