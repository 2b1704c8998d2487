import { useEffect, useRef, useState } from "react";
import type { Gap, Source } from "../api/messages";
import { CandleChart, type Pointed, type View } from "../chart/candleChart";
import type { Bar, Interval } from "../market/bars";
import type { Price } from "../market/prices";
import { useInstrument } from "../stores/active";
import { useHistory } from "../stores/history";
import { useInterval } from "../stores/interval";
import { useMarket } from "../stores/market";
import { usePacedFrame } from "../stores/paced";
import { usePin } from "../stores/pins";
import { isPreparing, useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { ChartToolbar } from "./ChartToolbar";
import { Legend } from "./Legend";

export function ChartPanel() {
  const holder = useRef<HTMLDivElement>(null);
  // What outlives the chart while its tab is hidden.
  const left = useRef<View | null>(null);
  const obeyed = useRef({ follows: 0, rows: null as unknown });
  const [chart, setChart] = useState<CandleChart | null>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const [newest, setNewest] = useState<Bar | null>(null);
  const data = useMarket((s) => s.data);
  const frame = usePacedFrame(useMarket);
  const instrument = useInstrument();
  const { theme, colours, zone } = useSettings();
  const { interval, isChosen } = useInterval();
  const source = useSession((s) => s.source);
  const follows = useMarket((s) => s.follows);
  const rows = useHistory((s) => s.rows);
  const pin = usePin();
  const id = instrument?.instrumentId ?? null;
  const tick = instrument?.tick ?? null;
  const step = scaleStep(data.dataOf(id)?.step ?? null);

  useEffect(() => {
    if (holder.current === null) return;
    const made = new CandleChart(holder.current, setPointed);
    made.lookAt(left.current);
    setChart(made);
    return () => {
      left.current = made.view();
      made.destroy();
      setChart(null);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page's style, which these two change
  useEffect(() => chart?.restyle(), [chart, theme, colours]);
  useEffect(() => chart?.label({ tick, step, zone }), [chart, tick, step, zone]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the market is changed in place; frame says when, and new colours draw anew
  useEffect(() => {
    chart?.render({
      key: `${id} ${interval.name} ${data.epochOf(id, interval.from)}`,
      everyS: interval.everyS,
      barsFrom: (fromS) => data.barsOf(id, interval.from, fromS),
    });
    setNewest(chart?.newest() ?? null);
  }, [chart, id, interval, data, frame, theme, colours]);
  useEffect(
    () => chart?.showGaps(gapsOf(data.gaps, instrument?.symbol)),
    [chart, data.gaps, instrument],
  );
  useEffect(() => {
    if (chart === null || follows === obeyed.current.follows) return;
    obeyed.current.follows = follows;
    chart.follow();
  }, [chart, follows]);
  useEffect(() => {
    if (chart === null || rows === obeyed.current.rows) return;
    obeyed.current.rows = rows;
    if (rows !== null && rows.length > 0) requestAnimationFrame(() => chart.fit());
  }, [chart, rows]);

  return (
    <section className="panel chart" aria-label={pin === null ? "Chart" : `Chart of ${pin}`}>
      <ChartToolbar
        symbol={instrument?.symbol ?? pin ?? "–"}
        clockNs={data.clockNs}
        interval={interval}
        isChosen={isChosen}
      />
      <div className="chart-body">
        <Legend
          bar={newest === null ? null : (pointed?.bar ?? newest)}
          gap={pointed?.gap ?? null}
          tick={tick}
          zone={zone}
        />
        <div className="chart-canvas" ref={holder} />
        {newest === null && (
          <p className="empty over">
            {instrument === null && source?.connected
              ? "No instrument is shown: choose symbols above, or type one."
              : noCandles(interval, isChosen, source)}
          </p>
        )}
      </div>
    </section>
  );
}

/** What an empty chart says. */
function noCandles(interval: Interval, isChosen: boolean, source: Source | null): string {
  if (source === null || isPreparing(source)) return "Preparing the source…";
  if (!isChosen) return "No candles yet. They appear with the first trade.";
  if (source.depth === "bars" && !source.schemas.includes(interval.from)) {
    return `This source has bars of ${source.schemas.join(", ")} only: choose Auto.`;
  }
  if (interval.from === "ohlcv-1d") return "Days are not streamed: fetch ohlcv-1d.";
  return `No ${interval.name} candles yet. They appear with the first trade.`;
}

// One price alone allows any step.
const LARGEST_STEP = 1_000_000_000n;

function scaleStep(step: Price | null): Price | null {
  return step !== null && step <= LARGEST_STEP ? step : null;
}

/** The gaps that concern an instrument. */
function gapsOf(gaps: readonly Gap[], symbol: string | undefined): readonly Gap[] {
  return gaps.filter((gap) => gap.symbol === null || gap.symbol === symbol);
}
