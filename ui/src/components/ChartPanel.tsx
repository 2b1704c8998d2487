import { useEffect, useMemo, useRef, useState } from "react";
import { CandleChart } from "../chart/candleChart";
import { type Bar, intervalNamed } from "../market/bars";
import { useActive } from "../stores/active";
import { useHistory } from "../stores/history";
import { useMarket } from "../stores/market";
import { useSettings } from "../stores/settings";
import { ChartToolbar } from "./ChartToolbar";
import { Legend } from "./Legend";

export function ChartPanel() {
  const holder = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<CandleChart | null>(null);
  const [pointed, setPointed] = useState<Bar | null>(null);
  const [newest, setNewest] = useState<Bar | null>(null);
  const { data, frame, instrument } = useActive();
  const { theme, colours, zone, interval: name } = useSettings();
  const follows = useMarket((s) => s.follows);
  const rows = useHistory((s) => s.rows);
  const interval = useMemo(() => intervalNamed(name), [name]);
  const id = instrument?.instrumentId ?? null;
  const tick = instrument?.tick ?? null;

  useEffect(() => {
    if (holder.current === null) return;
    const made = new CandleChart(holder.current, setPointed);
    setChart(made);
    return () => {
      made.destroy();
      setChart(null);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page's style, which these two change
  useEffect(() => chart?.restyle(), [chart, theme, colours]);
  useEffect(() => chart?.label({ tick, zone }), [chart, tick, zone]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the market is changed in place; frame says when, and new colours draw anew
  useEffect(() => {
    chart?.render({
      key: `${id} ${interval.name} ${data.epochOf(id, interval.from)}`,
      everyS: interval.everyS,
      barsFrom: (fromS) => data.barsOf(id, interval.from, fromS),
    });
    setNewest(chart?.newest() ?? null);
  }, [chart, id, interval, data, frame, theme, colours]);
  useEffect(() => {
    if (follows > 0) chart?.follow();
  }, [chart, follows]);
  useEffect(() => {
    if (rows !== null && rows.length > 0) requestAnimationFrame(() => chart?.fit());
  }, [chart, rows]);

  return (
    <section className="panel chart" aria-label="Chart">
      <ChartToolbar symbol={instrument?.symbol ?? "–"} clockNs={data.clockNs} interval={interval} />
      <div className="chart-body">
        <Legend bar={newest === null ? null : (pointed ?? newest)} tick={tick} zone={zone} />
        <div className="chart-canvas" ref={holder} />
        {newest === null && (
          <p className="empty over">
            No {interval.name} candles yet. They appear with the first trade.
          </p>
        )}
      </div>
    </section>
  );
}
