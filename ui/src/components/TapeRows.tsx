import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useMemo, useRef } from "react";
import type { Instrument, Side, Trade } from "../api/messages";
import { formatPrice, formatSize, type Price } from "../market/prices";
import { formatClock, type Zone } from "../market/times";
import { intensityOf } from "../market/tradeTape";

interface TapeRowsProps {
  rows: Trade[];
  instruments: Instrument[];
  tick: Price | null;
  showSymbol: boolean;
  zone: Zone;
  /** What stands there where no row does. */
  none: string;
  onHover(hovered: boolean): void;
  onScroll(scrolled: boolean): void;
}

const ROW_PX = 20;
/** All that stands beside a symbol in its row, and what a letter of it takes at most. */
const BESIDE_SYMBOL_PX = 260;
const LETTER_PX = 8;
const FEWEST_LETTERS = 6;
/** A size this large is drawn at full strength. */
const LARGE = 100;
const AGGRESSOR: Record<Side, { tone: string; name: string }> = {
  B: { tone: "buy", name: "Buy" },
  A: { tone: "sell", name: "Sell" },
  N: { tone: "none", name: "–" },
};

export function TapeRows(props: TapeRowsProps) {
  const { rows, instruments, tick, showSymbol, zone } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  const letters = Math.max(
    FEWEST_LETTERS,
    Math.floor(((virtual.scrollRect?.width ?? 0) - BESIDE_SYMBOL_PX) / LETTER_PX),
  );
  const ticks = useMemo(
    () => new Map(instruments.map((i) => [i.instrumentId, i.tick])),
    [instruments],
  );
  return (
    <div
      className="rows"
      ref={scroller}
      role="log"
      aria-label="Trades"
      aria-live="off"
      // A finger that touches does not rest: only a mouse holds the tape still.
      onPointerEnter={(event) => event.pointerType === "mouse" && props.onHover(true)}
      onPointerLeave={() => props.onHover(false)}
      onScroll={(event) => props.onScroll(event.currentTarget.scrollTop > ROW_PX)}
    >
      <div className="tape-row head" data-symbol={showSymbol}>
        <span>Time</span>
        {showSymbol && <span>Symbol</span>}
        <span>Side</span>
        <span className="number">Price</span>
        <span className="number">Size</span>
      </div>
      {rows.length === 0 && <p className="empty">{props.none}</p>}
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const trade = rows[item.index];
          if (trade === undefined) return null;
          const { tone, name } = AGGRESSOR[trade.side];
          const style = {
            top: item.start,
            "--strength": `${Math.round(intensityOf(trade.size, LARGE) * 100)}%`,
          } as CSSProperties;
          return (
            <div
              key={item.key}
              className={`tape-row ${tone}`}
              data-symbol={showSymbol}
              data-trade
              style={style}
            >
              <time>{formatClock(trade.tsEvent, zone)}</time>
              {showSymbol && <span title={trade.symbol}>{shortened(trade.symbol, letters)}</span>}
              <span>{name}</span>
              <span className="number">
                {formatPrice(trade.price, ticks.get(trade.instrumentId) ?? tick)}
              </span>
              <span className="number size">{formatSize(trade.size)}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function shortened(symbol: string, most: number): string {
  return symbol.length <= most ? symbol : `${symbol.slice(0, most - 1)}…`;
}
