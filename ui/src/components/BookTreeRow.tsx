import { priceText } from "../ladder/scene";
import { ageText, nth } from "../ladder/words";
import { formatSize } from "../market/prices";
import { shownTick } from "../stores/ladder";
import type { TreeRow } from "../tree/treeRows";

interface BookTreeRowProps {
  row: TreeRow;
  top: number;
  isCursor: boolean;
  isFollowed: boolean;
  onAct(): void;
}

export function BookTreeRow({ row, top, isCursor, isFollowed, onAct }: BookTreeRowProps) {
  const side = "side" in row ? (row.side === "B" ? "bid" : "ask") : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself takes the keys.
    // biome-ignore lint/a11y/useFocusableInteractive: the tree itself has the focus.
    <div
      className={`tree-row ${row.kind} ${side}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={row.isOpen ?? undefined}
      aria-selected={isCursor}
      data-followed={isFollowed}
      style={{ top, paddingLeft: 6 + 14 * row.depth }}
      onClick={onAct}
    >
      <span className="twist" aria-hidden="true">
        {row.isOpen === null ? "" : row.isOpen ? "▾" : "▸"}
      </span>
      <Cells row={row} />
    </div>
  );
}

function Cells({ row }: { row: TreeRow }) {
  switch (row.kind) {
    case "instrument":
      return (
        <>
          <b>{row.symbol}</b>
          <span className="note">{row.books === 1 ? "1 book" : `${row.books} books`}</span>
        </>
      );
    case "publisher":
      return (
        <>
          <span>Publisher {row.book.publisherId}</span>
          <span className="note">{row.book.isStale ? "stale" : ""}</span>
        </>
      );
    case "side":
      return (
        <>
          <span className={row.side === "B" ? "buy" : "sell"}>
            {row.side === "B" ? "Bids" : "Asks"}
          </span>
          <span className="note">
            {formatSize(row.size)} in {formatSize(row.levels)} levels, {formatSize(row.orders)}{" "}
            orders
          </span>
        </>
      );
    case "level":
      return (
        <>
          <span className={`price ${row.side === "B" ? "buy" : "sell"}`}>
            {priceText(row.level.price, shownTick())}
          </span>
          <span className="size">{formatSize(row.level.size)}</span>
          <span className="note">
            {formatSize(row.level.count)} {row.level.count === 1 ? "order" : "orders"}
          </span>
        </>
      );
    case "order":
      return (
        <>
          <span className="place">{nth(row.place + 1)}</span>
          <span className="size">{formatSize(row.size)}</span>
          <span className="note">
            {formatSize(row.ahead)} ahead · {ageText(row.book.timeNs - row.sinceNs)}
          </span>
          <span className="ladder-id">{row.id.toString()}</span>
        </>
      );
  }
}
