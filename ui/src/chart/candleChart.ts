/** The candle chart over lightweight-charts: given bars, draws them; knows nothing of React or stores. */

import {
  type AutoscaleInfo,
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type IRange,
  type ISeriesApi,
  type Time,
} from "lightweight-charts";
import type { Gap } from "../api/messages";
import { type PageColours, readColours } from "../drawing/colours";
import { type Bar, mergeBars } from "../market/bars";
import { formatPrice, type Price, priceToNumber } from "../market/prices";
import { formatClock, formatDateTime, type Zone } from "../market/times";
import { GapBands } from "./gapBands";
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
  /** Steps of the price scale where no tick is known. */
  step: Price | null;
  zone: Zone;
}

/** Where a person zoomed or scrolled to. */
export interface View {
  /** Of the scene that was shown: another one is not looked at in the same way. */
  key: string;
  spacing: number;
  /** In candles, from the newest one to the right edge. */
  fromRight: number;
  /** What was in sight where the newest candle was not. */
  past: IRange<Time> | null;
}

/** What lies under the crosshair. */
export interface Pointed {
  bar: Bar | null;
  gap: Gap | null;
}

const MOST_UPDATES = 5_000;
const CENT = 10_000_000n;
// Few candles are drawn wide, so that a young chart is no sliver at the edge.
const SPACING_PX = 7;
const WIDEST_PX = 16;
const ROOM_RIGHT = 6;
// A market that stands still is drawn as one: a tick is no mountain.
const LEAST_TICKS = 12;
const NS_PER_S = 1_000_000_000n;

function secondsOf(time: Time): bigint {
  return BigInt(typeof time === "number" ? time : 0);
}

function widened(info: AutoscaleInfo | null, least: number): AutoscaleInfo | null {
  if (info?.priceRange == null) return info;
  const { minValue, maxValue } = info.priceRange;
  const missing = Math.max(0, least - (maxValue - minValue)) / 2;
  return { ...info, priceRange: { minValue: minValue - missing, maxValue: maxValue + missing } };
}

export class CandleChart {
  private readonly chart: IChartApi;
  private readonly candles: ISeriesApi<"Candlestick">;
  private readonly volumes: ISeriesApi<"Histogram">;
  private readonly shown = new Map<number, Bar>();
  private colours: PageColours;
  private key = "";
  private lastS: number | null = null;
  private updates = 0;
  private readonly bands = new GapBands();
  /** Width of a candle's place as set here; another one is a person's zoom. */
  private spacing = SPACING_PX;
  private wanted: View | null = null;

  constructor(
    private readonly container: HTMLElement,
    onCrosshair: (pointed: Pointed | null) => void,
  ) {
    this.colours = readColours(container);
    this.chart = createChart(container, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { scaleMargins: { top: 0.12, bottom: 0.24 } },
      timeScale: {
        timeVisible: true,
        secondsVisible: true,
        rightOffset: ROOM_RIGHT,
        barSpacing: SPACING_PX,
      },
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
      const { point, time } = event;
      if (point === undefined) return onCrosshair(null);
      const bar = typeof time === "number" ? (this.shown.get(time) ?? null) : null;
      onCrosshair({ bar, gap: this.bands.at(point.x) });
    });
    this.chart.panes()[0]?.attachPrimitive(this.bands);
    this.restyle();
  }

  /** Take the page's colours again: after a change of theme. */
  restyle(): void {
    const c = readColours(this.container);
    this.colours = c;
    this.chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: c.panel },
        textColor: c.dim,
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
      upColor: c.buy,
      downColor: c.sell,
      wickUpColor: c.buy,
      wickDownColor: c.sell,
    });
    this.bands.style(c.warn, `11px ${c.font}`);
    this.key = "";
  }

  label({ tick, step, zone }: Labels): void {
    const every = tick ?? step ?? CENT;
    const unit = priceToNumber(every);
    const formatter = (price: number) =>
      Number.isFinite(price) ? formatPrice(BigInt(Math.round(price / unit)) * every, tick) : "";
    this.candles.applyOptions({
      priceFormat: { type: "custom", minMove: unit, formatter },
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) =>
        widened(original(), LEAST_TICKS * unit),
    });
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

  showGaps(gaps: readonly Gap[]): void {
    this.bands.show(gaps);
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
    this.space(points.candles.length);
    this.lookAtWanted();
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
    if (later.length > 0) this.space(this.shown.size);
  }

  /** Give few candles more room, while nobody has zoomed. */
  private space(places: number): void {
    const scale = this.chart.timeScale();
    if (Math.abs(scale.options().barSpacing - this.spacing) > 0.01) return;
    const fitting = Math.floor(scale.width() / (places + ROOM_RIGHT + 4));
    const spacing = Math.min(WIDEST_PX, Math.max(SPACING_PX, fitting));
    if (spacing === this.spacing) return;
    this.spacing = spacing;
    scale.applyOptions({ barSpacing: spacing });
  }

  /** The newest bar drawn. */
  newest(): Bar | null {
    return this.lastS === null ? null : (this.shown.get(this.lastS) ?? null);
  }

  follow(): void {
    this.chart.timeScale().applyOptions({ barSpacing: this.spacing });
    this.space(this.shown.size);
    this.chart.timeScale().scrollToRealTime();
    this.candles.priceScale().applyOptions({ autoScale: true });
  }

  fit(): void {
    this.chart.timeScale().fitContent();
  }

  /** Where a person zoomed or scrolled to; null where the chart follows the market as it came. */
  view(): View | null {
    const scale = this.chart.timeScale();
    const spacing = scale.options().barSpacing;
    const fromRight = scale.scrollPosition();
    const isZoomed = Math.abs(spacing - this.spacing) > 0.01;
    if (!isZoomed && Math.abs(fromRight - ROOM_RIGHT) < 0.01) return null;
    const past = fromRight < 0 ? scale.getVisibleRange() : null;
    return { key: this.key, spacing, fromRight, past };
  }

  /** Go back to a view as soon as its scene is drawn. */
  lookAt(view: View | null): void {
    this.wanted = view;
  }

  private lookAtWanted(): void {
    const view = this.wanted;
    if (view === null || this.lastS === null) return;
    this.wanted = null;
    if (view.key !== this.key) return;
    const scale = this.chart.timeScale();
    scale.applyOptions({ barSpacing: view.spacing });
    if (view.past === null) scale.scrollToPosition(view.fromRight, false);
    else scale.setVisibleRange(view.past);
  }

  destroy(): void {
    this.chart.remove();
  }
}
