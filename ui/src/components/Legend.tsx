import type { Gap } from "../api/messages";
import { type Bar, deltaOf } from "../market/bars";
import { formatPrice, formatSize, type Price } from "../market/prices";
import { formatClock, formatDateTime, type Zone } from "../market/times";

interface LegendProps {
  bar: Bar | null;
  /** Missed records under the crosshair. */
  gap: Gap | null;
  tick: Price | null;
  zone: Zone;
}

/** Read-out of the candle under the crosshair, or of the newest. */
export function Legend({ bar, gap, tick, zone }: LegendProps) {
  if (bar === null) return null;
  const delta = deltaOf(bar);
  const tone = bar.close >= bar.open ? "buy" : "sell";
  const prices: [string, Price][] = [
    ["O", bar.open],
    ["H", bar.high],
    ["L", bar.low],
    ["C", bar.close],
  ];
  return (
    <output className="legend" aria-label="Candle">
      <span>{formatDateTime(BigInt(bar.startS) * 1_000_000_000n, zone)}</span>
      {prices.map(([name, price]) => (
        <span key={name}>
          <b>{name}</b> <span className={tone}>{formatPrice(price, tick)}</span>
        </span>
      ))}
      <span>
        <b>V</b> {formatSize(bar.volume)}
      </span>
      {delta !== null && (
        <span title="Volume bought less volume sold, by the aggressor">
          <b>Δ</b> <span className={delta < 0 ? "sell" : "buy"}>{signed(delta)}</span>
        </span>
      )}
      {gap !== null && (
        <span className="gap">
          gap {formatClock(gap.startNs, zone)} to {formatClock(gap.endNs, zone)}: {gap.reason}
        </span>
      )}
    </output>
  );
}

function signed(value: number): string {
  return value > 0 ? `+${formatSize(value)}` : formatSize(value).replace("-", "−");
}
