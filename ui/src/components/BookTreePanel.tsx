import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { bookStream, useBook } from "../stores/book";
import { useFollow } from "../stores/follow";
import { useMarket } from "../stores/market";
import { usePacedFrame } from "../stores/paced";
import { useSession } from "../stores/session";
import { inSight, movedBy, NOTHING_SEEN, type TreeRow, treeRows } from "../tree/treeRows";
import { BookTreeRow } from "./BookTreeRow";
import { LadderFollow } from "./LadderFollow";
import "../styles/ladder.css";
import "../styles/tree.css";

const LEVELS = 200;
const ROW_PX = 22;
const NONE: ReadonlySet<string> = new Set();

/** Every resting order of the instrument: by publisher, side, level, and place in the queue. */
export function BookTreePanel() {
  const activeId = useMarket((s) => s.activeId);
  const symbol = useMarket(
    (s) => s.data.instruments.find((i) => i.instrumentId === s.activeId)?.symbol ?? "",
  );
  const depth = useSession((s) => s.source?.depth ?? "");
  const followedId = useFollow((s) => s.followed?.orderId ?? null);
  const [toggled, setToggled] = useState(NONE);
  const [cursor, setCursor] = useState<string | null>(null);
  usePacedFrame(useBook);
  useEffect(() => {
    const byOrder = depth === "L3";
    return bookStream.watch({ levels: LEVELS, orders: byOrder, events: byOrder });
  }, [depth]);

  const rows = treeRows({ symbol, books: bookStream.booksOf(activeId) }, toggled);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
  });
  // Where a level above comes or goes, what a person looks at stays where it is.
  const seen = useRef(NOTHING_SEEN);
  useLayoutEffect(() => {
    const view = scroller.current;
    if (view === null) return;
    if (view.scrollTop > 0) view.scrollTop += movedBy(seen.current, rows) * ROW_PX;
    seen.current = inSight(rows, Math.floor(view.scrollTop / ROW_PX));
  });

  const toggle = (row: TreeRow) => {
    if (row.isOpen === null) return;
    const next = new Set(toggled);
    if (!next.delete(row.key)) next.add(row.key);
    setToggled(next);
  };
  const act = (row: TreeRow) => {
    setCursor(row.key);
    if (row.kind === "order") {
      useFollow.getState().pick(row.id, row.side, row.level.price, row.book);
    } else toggle(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = rows.findIndex((row) => row.key === cursor);
    const row = rows[at];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) {
      const next = Math.max(0, Math.min(rows.length - 1, to));
      setCursor(rows[next]?.key ?? null);
      virtual.scrollToIndex(next);
    } else if (row === undefined) return;
    else if (event.key === "Enter" || event.key === " ") act(row);
    else if (event.key === "ArrowRight" && row.isOpen !== null) {
      if (!row.isOpen) toggle(row);
    } else if (event.key === "ArrowLeft" && row.isOpen === true) toggle(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section className="panel tree-panel" aria-label="Book tree">
      <LadderFollow />
      {rows.length <= 1 ? (
        <p className="empty">No book yet.</p>
      ) : (
        <div
          className="rows tree"
          ref={scroller}
          role="tree"
          aria-label="Orders of the book"
          tabIndex={0}
          onKeyDown={onKeyDown}
        >
          <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              return row === undefined ? null : (
                <BookTreeRow
                  key={item.key}
                  row={row}
                  top={item.start}
                  isCursor={row.key === cursor}
                  isFollowed={row.kind === "order" && row.id === followedId}
                  onAct={() => act(row)}
                />
              );
            })}
          </div>
        </div>
      )}
    </section>
  );
}
