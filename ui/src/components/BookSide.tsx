import type { CSSProperties } from "react";
import type { Level } from "../api/messages";
import { formatPrice, formatSize, type Price } from "../market/prices";

interface BookSideProps {
  side: "bid" | "ask";
  /** Best first. */
  levels: Level[];
  count: number;
  tick: Price | null;
  largest: number;
}

/** Ten levels of one side; the asks stand with their best at the bottom, next to the bids. */
export function BookSide({ side, levels, count, tick, largest }: BookSideProps) {
  const places = Array.from({ length: count }, (_, i) => (side === "ask" ? count - 1 - i : i));
  return (
    <tbody className={side}>
      {places.map((place) => {
        const level = levels[place];
        if (level === undefined) {
          return (
            <tr key={place} className="none">
              <td>–</td>
              <td />
              <td />
            </tr>
          );
        }
        const style = {
          "--depth": `${((100 * level.size) / largest).toFixed(1)}%`,
        } as CSSProperties;
        return (
          <tr
            key={place}
            data-level={place}
            className={place === 0 ? "best" : undefined}
            style={style}
          >
            <td className="price">{formatPrice(level.price, tick)}</td>
            <td className="size">{formatSize(level.size)}</td>
            <td className="count">{formatSize(level.count)}</td>
          </tr>
        );
      })}
    </tbody>
  );
}
