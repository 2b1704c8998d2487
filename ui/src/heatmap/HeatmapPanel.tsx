import { useEffect, useRef, useState } from "react";
import { problemOf } from "../api/http";
import { listenToBody } from "../drawing/panelBody";
import { formatPrice, formatSize } from "../market/prices";
import { formatClock } from "../market/times";
import { bookStream, shownBook, useBook } from "../stores/book";
import { useHint } from "../stores/keymap";
import { useMarket } from "../stores/market";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import type { Readout } from "./axes";
import { HeatmapFeed, LEVELS, LONGEST_STREAMED_MS } from "./feed";
import { HeatmapControls } from "./HeatmapControls";
import { type Follow, Heatmap } from "./heatmap";
import { activeInstrument, BookClock, readMarket } from "./market";
import { fetchPast } from "./past";
import { useHeatmapSettings } from "./settings";

const NO_DEPTH: Record<string, string> = {
  bars: "This source has candles only: there is no depth to draw.",
  trades: "This source has trades only: there is no depth to draw.",
};

export function HeatmapPanel() {
  const body = useRef<HTMLDivElement>(null);
  const axes = useRef<HTMLCanvasElement>(null);
  const cross = useRef<HTMLCanvasElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const [heatmap, setHeatmap] = useState<Heatmap | null>(null);
  const [follow, setFollow] = useState<Follow>({ time: true, price: true });
  const [everyMs, setEveryMs] = useState(100);
  const [problem, setProblem] = useState<string | null>(null);
  const theme = useSettings((s) => s.theme);
  const colours = useSettings((s) => s.colours);
  const zone = useSettings((s) => s.zone);
  const depth = useSession((s) => s.source?.depth ?? "");
  const hasNothing = useBook(() => shownBook() === null);

  useEffect(() => {
    if (!body.current || !axes.current || !cross.current) return;
    const made = start(
      body.current,
      { axes: axes.current, cross: cross.current },
      {
        onFollow: setFollow,
        onColumnLength: setEveryMs,
        onProblem: setProblem,
        onReadout: (text) => {
          if (readout.current !== null) readout.current.textContent = text;
        },
      },
    );
    setHeatmap(made.heatmap);
    return () => {
      made.stop();
      setHeatmap(null);
    };
  }, []);
  useEffect(
    () => bookStream.watch({ levels: LEVELS, everyMs: Math.min(everyMs, LONGEST_STREAMED_MS) }),
    [everyMs],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page's style, which these change
  useEffect(() => heatmap?.restyle(), [heatmap, theme, colours, zone]);

  const hint = useHint();
  const follows = follow.time && follow.price;
  return (
    <section className="panel heatmap" aria-label="Heatmap">
      <div className="panel-head">
        <h2>Heatmap</h2>
        <span className="mark" title="Length of a column: it grows as you zoom out">
          {lengthText(everyMs)}
        </span>
        {problem !== null && (
          <span className="badge warn" role="status" title={problem}>
            past not shown
          </span>
        )}
        <span className="spring" />
        <HeatmapControls />
        <button
          type="button"
          className="quiet"
          aria-pressed={follows}
          onClick={() => heatmap?.toggleFollow()}
          title={hint("Move with the market", "follow")}
        >
          Follow
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => heatmap?.refit()}
          title="The newest time, and the prices around it (double-click)"
        >
          Refit
        </button>
      </div>
      <div className="heatmap-body" ref={body}>
        <canvas ref={axes} className="heatmap-over" />
        <canvas ref={cross} className="heatmap-over" />
        <div
          className="heatmap-readout"
          role="status"
          aria-label="At the crosshair"
          ref={readout}
        />
        {heatmap !== null && !heatmap.isSupported && (
          <p className="empty over">
            The heatmap needs WebGL2, which this browser has not or has switched off. Switch on
            hardware acceleration in its settings, or open the page in another browser.
          </p>
        )}
        {NO_DEPTH[depth] !== undefined && <p className="empty over">{NO_DEPTH[depth]}</p>}
        {NO_DEPTH[depth] === undefined && hasNothing && <p className="empty over">No book yet.</p>}
      </div>
    </section>
  );
}

interface Shown {
  onFollow(follow: Follow): void;
  onColumnLength(everyMs: number): void;
  onProblem(problem: string | null): void;
  onReadout(text: string): void;
}

/** Bring feed, drawing and the page's stores together; `stop` takes them apart. */
function start(
  body: HTMLElement,
  over: { axes: HTMLCanvasElement; cross: HTMLCanvasElement },
  shown: Shown,
): { heatmap: Heatmap; stop(): void } {
  // A canvas of its own each time: a context that was given back cannot be had again from the same one.
  const plot = document.createElement("canvas");
  plot.className = "heatmap-plot";
  body.prepend(plot);
  const clock = new BookClock();
  const feed = new HeatmapFeed(
    {
      onChange: () => heatmap.change(),
      onProblem: (error) => shown.onProblem(error === null ? null : problemOf(error).message),
    },
    fetchPast,
  );
  const heatmap: Heatmap = new Heatmap(body, { ...over, plot }, feed, {
    market: () => readMarket(clock),
    settings: () => useHeatmapSettings.getState(),
    onFollow: shown.onFollow,
    onColumnLength: shown.onColumnLength,
    onReadout: (readout) => shown.onReadout(textOf(readout)),
  });
  const aim = () => {
    if (feed.show(activeInstrument(), shownBook()?.publisherId ?? null)) heatmap.startOver();
    heatmap.change();
  };
  const stops = [
    useBook.subscribe(aim),
    listenToBody(body, {
      onSize: (size) => heatmap.resize(size),
      onToggleFollow: () => heatmap.toggleFollow(),
      onFollow: () => heatmap.setFollow({ time: true, price: true }),
    }),
    useMarket.subscribe(aim),
    useHeatmapSettings.subscribe(() => heatmap.redraw()),
    bookStream.listen({
      onColumns: (columns) => feed.take(columns),
      onReset: () => {
        clock.reset();
        feed.reset();
        heatmap.startOver();
      },
    }),
  ];
  aim();
  return {
    heatmap,
    stop: () => {
      for (const stop of stops) stop();
      feed.reset();
      heatmap.destroy();
      plot.remove();
    },
  };
}

/** `15:30:02.3 · 6012.25 · bid 120`. */
function textOf(readout: Readout | null): string {
  if (readout === null) return "";
  const { data, activeId } = useMarket.getState();
  const tick = data.instruments.find((i) => i.instrumentId === activeId)?.tick ?? null;
  const every = activeInstrument()?.tick ?? 0;
  const price = formatPrice(BigInt(Math.round(readout.tick * every)), tick);
  const { zone } = useSettings.getState();
  const time =
    readout.ms === null ? "now" : formatClock(BigInt(Math.floor(readout.ms)) * 1_000_000n, zone, 1);
  return [time, price, restingText(readout)].filter((part) => part !== "").join(" · ");
}

function restingText({ resting, note }: Readout): string {
  if (resting === null) return note;
  const { bid, ask } = resting;
  if (bid === 0 && ask === 0) return "nothing rests";
  const parts = [bid > 0 ? `bid ${formatSize(bid)}` : "", ask > 0 ? `ask ${formatSize(ask)}` : ""];
  return parts.filter((part) => part !== "").join(" · ");
}

/** `100 ms`, `5 s` or `15 min` a column. */
function lengthText(everyMs: number): string {
  if (everyMs < 1_000) return `${everyMs} ms`;
  return everyMs < 60_000 ? `${everyMs / 1_000} s` : `${everyMs / 60_000} min`;
}
