import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import type { Instrument, Trade } from "../api/messages";
import type { Price } from "../market/prices";
import { type Places, placed, SPARE_ROWS } from "../market/rowPlaces";
import type { Zone } from "../market/times";
import { TapeRow } from "./TapeRow";

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
export function TapeRows(props: TapeRowsProps) {
  const { rows, instruments, tick, showSymbol, zone } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 1,
  });
  const items = virtual.getVirtualItems();
  const places = useRef<Places<Trade>>({ first: null, newest: 0 });
  places.current = placed(places.current, rows, items.length);
  const { newest } = places.current;
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
      <div className="moving-rows" style={{ height: virtual.getTotalSize() }}>
        {/* Rows keep their places on a strip, which alone is moved: only those that came are drawn. */}
        <div
          className="strip"
          style={{
            height: (SPARE_ROWS + rows.length) * ROW_PX,
            transform: `translateY(${(newest - SPARE_ROWS) * ROW_PX}px)`,
          }}
        >
          {items.map((item) => {
            const trade = rows[item.index];
            if (trade === undefined) return null;
            const number = newest - item.index;
            return (
              <TapeRow
                key={number}
                trade={trade}
                top={(SPARE_ROWS - number) * ROW_PX}
                tick={ticks.get(trade.instrumentId) ?? tick}
                letters={showSymbol ? letters : null}
                zone={zone}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
