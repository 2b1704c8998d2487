import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { BookState } from "../book/bookState";
import { indexOfRow, newestEvent, placeNow, rowCount, rowOf } from "../inspector/rows";
import type { Price } from "../market/prices";
import { useActive } from "../stores/active";
import { bookStream, shownBook, useBook } from "../stores/book";
import { follow, inspected, movePick, pickRow, useInspector } from "../stores/inspector";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { InspectorRow } from "./InspectorRow";
import { RecordDetail } from "./RecordDetail";
import "../styles/inspector.css";

const ROW_PX = 20;
const PAGE = 10;

/** The latest records of the instrument, event by event, and what each did to the book. */
export function InspectorPanel() {
  const { instrument } = useActive();
  const depth = useSession((s) => s.source?.depth ?? "");
  const picked = useInspector((s) => s.picked);
  useBook((s) => s.frame);
  useEffect(() => (depth === "L3" ? bookStream.watch({ events: true }) : undefined), [depth]);
  const book = shownBook();
  const tick = instrument?.tick ?? null;
  const event = inspected();
  return (
    <section className="panel inspector" aria-label="Inspector">
      <div className="panel-head">
        <h2>Inspector</h2>
        {picked !== null && (
          <button type="button" onClick={follow} title="Follow the newest record (Esc in the list)">
            Newest
          </button>
        )}
        <span className="spring" />
        <StepNote book={book} />
      </div>
      {book === null || book.events.end === book.events.begin ? (
        <p className="empty">{noRecords(depth)}</p>
      ) : (
        <>
          <RecordList book={book} tick={tick} />
          {event !== null && (
            <RecordDetail event={event} tick={tick} queue={placeNow(book, event)} />
          )}
        </>
      )}
    </section>
  );
}

/** What an empty list says. */
function noRecords(depth: string): string {
  if (depth !== "" && depth !== "L3") return "This source does not tell of single orders.";
  return "No record of this instrument yet.";
}

/** After a step of a paused replay: whether what the step brought stands in the list. */
function StepNote({ book }: { book: BookState | null }) {
  const replay = useSession((s) => s.source?.replay ?? null);
  if (replay === null || !replay.paused || replay.mboPosition === null) return null;
  const ring = book?.events;
  const isHere =
    ring !== undefined &&
    ring.end > ring.begin &&
    ring.positionAt(ring.end - 1) + 1 === replay.mboPosition;
  return (
    <span className="mark" role="status">
      {isHere ? "the event at the cursor" : "at the cursor: another instrument"}
    </span>
  );
}

function RecordList({ book, tick }: { book: BookState; tick: Price | null }) {
  const scroller = useRef<HTMLDivElement>(null);
  const zone = useSettings((s) => s.zone);
  const { picked, heldEnd } = useInspector();
  const ring = book.events;
  const isHeld = heldEnd !== null && heldEnd > ring.begin;
  const end = isHeld ? heldEnd : ring.end;
  const rows = rowCount(ring, end);
  const fresh = isHeld ? 0 : newestEvent(ring);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 4,
  });
  const pickedRow = picked === null ? -1 : rowOf(ring, end, picked.position);
  useEffect(() => {
    if (pickedRow >= 0) virtual.scrollToIndex(pickedRow);
    else scroller.current?.scrollTo(0, 0);
  }, [pickedRow, virtual]);
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowDown: () => movePick(1),
      ArrowUp: () => movePick(-1),
      PageDown: () => movePick(PAGE),
      PageUp: () => movePick(-PAGE),
      Escape: follow,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  return (
    <div
      id="inspector-records"
      className="rows"
      ref={scroller}
      role="listbox"
      aria-label="Records"
      aria-activedescendant={pickedRow >= 0 ? `record-${picked?.position}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const index = indexOfRow(end, item.index);
          if (index < ring.begin || index >= ring.end) return null;
          const event = ring.at(index);
          return (
            <InspectorRow
              key={event.position}
              event={event}
              tick={tick}
              zone={zone}
              top={item.start}
              isPicked={event.position === picked?.position}
              isFresh={item.index < fresh}
              onPick={() => pickRow(item.index)}
            />
          );
        })}
      </div>
    </div>
  );
}
