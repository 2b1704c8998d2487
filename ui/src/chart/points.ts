/** Bars as the points that the chart library draws. */

import type {
  CandlestickData,
  HistogramData,
  UTCTimestamp,
  WhitespaceData,
} from "lightweight-charts";
import type { PageColours } from "../drawing/colours";
import { type Bar, emptySlots } from "../market/bars";
import { priceToNumber } from "../market/prices";

export interface Points {
  candles: (CandlestickData<UTCTimestamp> | WhitespaceData<UTCTimestamp>)[];
  volumes: (HistogramData<UTCTimestamp> | WhitespaceData<UTCTimestamp>)[];
}

// The library marks its times as a type of their own: whole seconds since the Unix epoch, as ours are.
function timeOf(seconds: number): UTCTimestamp {
  return seconds as UTCTimestamp;
}

/** Points of `bars`, with empty ones where time passed without a bar since `afterS`. */
export function pointsOf(
  bars: readonly Bar[],
  everyS: number,
  afterS: number | null,
  colours: Pick<PageColours, "buySoft" | "sellSoft">,
): Points {
  const points: Points = { candles: [], volumes: [] };
  let previousS = afterS;
  for (const bar of bars) {
    if (previousS !== null) {
      for (const empty of emptySlots(previousS, bar.startS, everyS)) {
        points.candles.push({ time: timeOf(empty) });
        points.volumes.push({ time: timeOf(empty) });
      }
    }
    previousS = bar.startS;
    const time = timeOf(bar.startS);
    points.candles.push({
      time,
      open: priceToNumber(bar.open),
      high: priceToNumber(bar.high),
      low: priceToNumber(bar.low),
      close: priceToNumber(bar.close),
    });
    const color = bar.close >= bar.open ? colours.buySoft : colours.sellSoft;
    points.volumes.push({ time, value: bar.volume, color });
  }
  return points;
}
