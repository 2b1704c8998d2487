import { type CSSProperties, memo } from "react";
import type { Side, Trade } from "../api/messages";
import { formatPrice, formatSize, type Price } from "../market/prices";
import { formatClock, type Zone } from "../market/times";
import { intensityOf } from "../market/tradeTape";

interface TapeRowProps {
  trade: Trade;
  /** Pixels from the top of what it stands on. */
  top: number;
  tick: Price | null;
  /** Letters of the symbol that find room; null where the symbol is not shown. */
  letters: number | null;
  zone: Zone;
}

/** A size this large is drawn at full strength. */
const LARGE = 100;
const AGGRESSOR: Record<Side, { tone: string; name: string }> = {
  B: { tone: "buy", name: "Buy" },
  A: { tone: "sell", name: "Sell" },
  N: { tone: "none", name: "–" },
};

/** One trade of the tape, drawn once for as long as it is in sight. */
export const TapeRow = memo(function TapeRow(props: TapeRowProps) {
  const { trade, top, tick, letters, zone } = props;
  const { tone, name } = AGGRESSOR[trade.side];
  const strength = `${Math.round(intensityOf(trade.size, LARGE) * 100)}%`;
  return (
    <div
      className={`tape-row ${tone}`}
      data-symbol={letters !== null}
      data-trade
      style={{ top, "--strength": strength } as CSSProperties}
    >
      <time>{formatClock(trade.tsEvent, zone)}</time>
      {letters !== null && <span title={trade.symbol}>{shortened(trade.symbol, letters)}</span>}
      <span>{name}</span>
      <span className="number">{formatPrice(trade.price, tick)}</span>
      <span className="number size">{formatSize(trade.size)}</span>
    </div>
  );
});

function shortened(symbol: string, most: number): string {
  return symbol.length <= most ? symbol : `${symbol.slice(0, most - 1)}…`;
}
