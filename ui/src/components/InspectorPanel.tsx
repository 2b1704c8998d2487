import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Instrument } from "../api/messages";
import type { BookEvent } from "../book/eventRing";
import {
  heldEnd,
  indexOfRow,
  newestEvent,
  placeNow,
  type Records,
  recordsOf,
  rowCount,
  rowOf,
} from "../inspector/rows";
import type { MarketData } from "../market/marketData";
import type { Price } from "../market/prices";
import { useInstrument } from "../stores/active";
import { bookStream, shownBook, useBook } from "../stores/book";
import {
  follow,
  inspected,
  lookBack,
  movePick,
  pickRow,
  recordsShown,
  useInspector,
} from "../stores/inspector";
import { useMarket } from "../stores/market";
import { usePacedFrame } from "../stores/paced";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { InspectorRow } from "./InspectorRow";
import { RecordDetail } from "./RecordDetail";
import "../styles/inspector.css";

const ROW_PX = 20;
const PAGE = 10;
const NONE = recordsOf([]);

/** The latest records of the instrument, event by event, and what each did to the book. */
export function InspectorPanel() {
  const data = useMarket((s) => s.data);
  const instrument = useInstrument();
  const depth = useSession((s) => s.source?.depth ?? "");
  const picked = useInspector((s) => s.picked);
  usePacedFrame(useBook);
  useEffect(() => (depth === "L3" ? bookStream.watch({ events: true }) : undefined), [depth]);
  useInspector((s) => s.fetched);
  useLookingBack(depth === "L3");
  const book = shownBook();
  const records = recordsShown();
  const event = inspected();
  const of = (shown: BookEvent) => instrumentOf(data, shown);
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
        <StepNote records={records} activeId={instrument?.instrumentId ?? null} />
      </div>
      <RecordList
        // There without records too: a stream that begins anew does not take the focus away.
        ring={records ?? NONE}
        whenEmpty={noRecords(depth)}
        tickOf={(shown) => of(shown)?.tick ?? null}
      />
      {event !== null && (
        <RecordDetail
          event={event}
          tick={of(event)?.tick ?? null}
          symbol={of(event)?.symbol ?? ""}
          queue={book === null ? null : placeNow(book, event)}
        />
      )}
    </section>
  );
}

function instrumentOf(data: MarketData, { instrumentId }: BookEvent): Instrument | null {
  const known = useSession.getState().symbols;
  const named = (one: Instrument) => one.instrumentId === instrumentId;
  return data.instruments.find(named) ?? known.find(named) ?? null;
}

// The stream is a frame behind the replay's own word of where it stands.
const SETTLE_MS = 120;

/** In a paused replay, have the event at the cursor, whichever instrument it is of. */
function useLookingBack(hasOrders: boolean): void {
  const paused = useSession((s) => s.source?.replay?.paused ?? false);
  const position = useSession((s) => s.source?.replay?.mboPosition ?? null);
  const activeId = useMarket((s) => s.activeId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the position and the instrument say when to look
  useEffect(() => {
    if (!hasOrders || !paused) return;
    const timer = setTimeout(() => void lookBack(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [hasOrders, paused, position, activeId]);
}

/** What an empty list says. */
function noRecords(depth: string): string {
  if (depth !== "" && depth !== "L3") return "This source does not tell of single orders.";
  return "No record of this instrument yet.";
}

interface StepNoteProps {
  records: Records | null;
  activeId: number | null;
}

/** Of a paused replay: whether the event at its cursor stands in the list, and whose it is. */
function StepNote({ records, activeId }: StepNoteProps) {
  const replay = useSession((s) => s.source?.replay ?? null);
  const data = useMarket((s) => s.data);
  if (records === null) return null;
  if (replay === null || !replay.paused || replay.mboPosition === null) {
    return <span className="mark">newest on top</span>;
  }
  // The stream may have begun anew since the panel was last drawn: its ring is then empty.
  const isEmpty = records === null || records.end === records.begin;
  const newest = isEmpty ? null : records.at(records.end - 1);
  let said = "looking for the event at the cursor…";
  if (newest !== null && newest.position + 1 === replay.mboPosition) {
    const symbol = instrumentOf(data, newest)?.symbol ?? "another instrument";
    said = `event at the cursor${newest.instrumentId === activeId ? "" : `: ${symbol}`}`;
  }
  return (
    <span className="mark" role="status">
      {said}
    </span>
  );
}

interface RecordListProps {
  ring: Records;
  whenEmpty: string;
  tickOf(event: BookEvent): Price | null;
}

function RecordList({ ring, whenEmpty, tickOf }: RecordListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const zone = useSettings((s) => s.zone);
  const { picked, held, isFocusWanted } = useInspector();
  const standing = heldEnd(ring, held);
  const end = standing ?? ring.end;
  const rows = rowCount(ring, end);
  const fresh = standing === null ? newestEvent(ring) : 0;
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 1,
  });
  const pickedRow = picked === null ? -1 : rowOf(ring, end, picked.position);
  useEffect(() => {
    if (pickedRow >= 0) virtual.scrollToIndex(pickedRow);
    else scroller.current?.scrollTo(0, 0);
  }, [pickedRow, virtual]);
  useEffect(() => {
    if (!isFocusWanted) return;
    scroller.current?.focus();
    useInspector.setState({ isFocusWanted: false });
  }, [isFocusWanted]);
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
      className="rows"
      ref={scroller}
      role="listbox"
      aria-label="Records"
      aria-activedescendant={pickedRow >= 0 ? `record-${picked?.position}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {rows === 0 && <p className="empty">{whenEmpty}</p>}
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const index = indexOfRow(end, item.index);
          if (index < ring.begin || index >= ring.end) return null;
          const event = ring.at(index);
          return (
            <InspectorRow
              // By place, not by record: new text in old rows is cheaper than new rows.
              key={item.index}
              event={event}
              tick={tickOf(event)}
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
