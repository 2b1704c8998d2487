/** The candle chart over lightweight-charts: given bars, draws them; knows nothing of React or stores. */

import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type Time,
} from "lightweight-charts";
import { type Bar, mergeBars } from "../market/bars";
import { formatPrice, type Price, priceToNumber } from "../market/prices";
import { formatClock, formatDateTime, type Zone } from "../market/times";
import { type Colours, readColours } from "./colours";
import { pointsOf } from "./points";

export interface Scene {
  /** While it stays the same, only the newest bars changed. */
  key: string;
  everyS: number;
  /** The server's bars from a second on, oldest first. */
  barsFrom(fromS?: number): readonly Bar[];
}

export interface Labels {
  tick: Price | null;
  zone: Zone;
}

const MOST_UPDATES = 5_000;
const NS_PER_S = 1_000_000_000n;

function secondsOf(time: Time): bigint {
  return BigInt(typeof time === "number" ? time : 0);
}

export class CandleChart {
  private readonly chart: IChartApi;
  private readonly candles: ISeriesApi<"Candlestick">;
  private readonly volumes: ISeriesApi<"Histogram">;
  private readonly shown = new Map<number, Bar>();
  private colours: Colours;
  private key = "";
  private lastS: number | null = null;
  private updates = 0;

  constructor(
    private readonly container: HTMLElement,
    onCrosshair: (bar: Bar | null) => void,
  ) {
    this.colours = readColours(container);
    this.chart = createChart(container, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { scaleMargins: { top: 0.12, bottom: 0.24 } },
      timeScale: { timeVisible: true, secondsVisible: true, rightOffset: 6, barSpacing: 7 },
    });
    this.candles = this.chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.volumes = this.chart.addSeries(HistogramSeries, {
      priceScaleId: "",
      priceFormat: { type: "volume" },
      priceLineVisible: false,
      lastValueVisible: false,
    });
    this.volumes.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.chart.subscribeCrosshairMove((event) => {
      const time = event.point === undefined ? undefined : event.time;
      onCrosshair(typeof time === "number" ? (this.shown.get(time) ?? null) : null);
    });
    this.restyle();
  }

  /** Take the page's colours again: after a change of theme. */
  restyle(): void {
    const c = readColours(this.container);
    this.colours = c;
    this.chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: c.background },
        textColor: c.text,
        fontFamily: c.font,
        fontSize: 11,
        // The credit that the library's licence asks for stands in the help overlay.
        attributionLogo: false,
      },
      grid: { vertLines: { color: c.grid }, horzLines: { color: c.grid } },
      rightPriceScale: { borderColor: c.border },
      timeScale: { borderColor: c.border },
    });
    this.candles.applyOptions({
      upColor: c.up,
      downColor: c.down,
      wickUpColor: c.up,
      wickDownColor: c.down,
    });
    this.key = "";
  }

  label({ tick, zone }: Labels): void {
    const step = tick ?? 10_000_000n;
    const unit = priceToNumber(step);
    const formatter = (price: number) =>
      Number.isFinite(price) ? formatPrice(BigInt(Math.round(price / unit)) * step, step) : "";
    this.candles.applyOptions({ priceFormat: { type: "custom", minMove: unit, formatter } });
    this.chart.applyOptions({
      localization: { timeFormatter: (t: Time) => formatDateTime(secondsOf(t) * NS_PER_S, zone) },
      timeScale: {
        tickMarkFormatter: (t: Time, kind: number) => {
          const ns = secondsOf(t) * NS_PER_S;
          if (kind < 3) return formatDateTime(ns, zone).slice(5, 10);
          return kind === 4 ? formatClock(ns, zone, 0) : formatClock(ns, zone, 0).slice(0, 5);
        },
      },
    });
  }

  /** Draw the scene: all of it if its key changed, else the bars since the last one drawn. */
  render(scene: Scene): void {
    if (scene.key !== this.key || this.lastS === null || this.updates > MOST_UPDATES) {
      this.drawAll(scene);
    } else {
      this.drawNewest(scene, this.lastS);
    }
  }

  private drawAll(scene: Scene): void {
    const bars = mergeBars(scene.barsFrom(), scene.everyS);
    const points = pointsOf(bars, scene.everyS, null, this.colours);
    this.candles.setData(points.candles);
    this.volumes.setData(points.volumes);
    this.shown.clear();
    for (const bar of bars) this.shown.set(bar.startS, bar);
    this.key = scene.key;
    this.lastS = bars.at(-1)?.startS ?? null;
    this.updates = 0;
  }

  private drawNewest(scene: Scene, lastS: number): void {
    const bars = mergeBars(scene.barsFrom(lastS), scene.everyS);
    const [first, ...later] = bars;
    if (first === undefined || first === this.shown.get(lastS)) return;
    const points = pointsOf([first], scene.everyS, null, this.colours);
    const following = pointsOf(later, scene.everyS, first.startS, this.colours);
    for (const point of [...points.candles, ...following.candles]) this.candles.update(point);
    for (const point of [...points.volumes, ...following.volumes]) this.volumes.update(point);
    for (const bar of bars) this.shown.set(bar.startS, bar);
    this.lastS = bars.at(-1)?.startS ?? lastS;
    this.updates += later.length;
  }

  /** The newest bar drawn. */
  newest(): Bar | null {
    return this.lastS === null ? null : (this.shown.get(this.lastS) ?? null);
  }

  follow(): void {
    this.chart.timeScale().applyOptions({ barSpacing: 7 });
    this.chart.timeScale().scrollToRealTime();
    this.candles.priceScale().applyOptions({ autoScale: true });
  }

  fit(): void {
    this.chart.timeScale().fitContent();
  }

  destroy(): void {
    this.chart.remove();
  }
}
