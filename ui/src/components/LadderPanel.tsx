import { useEffect, useState } from "react";
import { MOST_LEVELS } from "../book/needs";
import { GROUPS } from "../ladder/rows";
import { bookStream, shownBook, useBook } from "../stores/book";
import { useLadder } from "../stores/ladder";
import { useMarket } from "../stores/market";
import { useSession } from "../stores/session";
import { LadderCanvas } from "./LadderCanvas";
import { LadderFollow } from "./LadderFollow";
import { LadderFoot } from "./LadderFoot";
import "../styles/ladder.css";

const NO_BOOK: Record<string, string> = {
  bars: "This source has candles only: there is no book.",
  trades: "This source has trades only: there is no book.",
};
/** More than half a screen holds, so that neither scrolling nor a few ticks a row run out at once. */
const LEVELS = 200;
const FEW_TICKS = 5;
const WORDS: Record<string, { tone: string; title: string }> = {
  stale: { tone: "warn", title: "Records are missing: this may not be the book" },
  crossed: {
    tone: "bad",
    title: "The best bid is above the best ask: as in an auction before the open, or bad data",
  },
  locked: { tone: "warn", title: "The best bid is the best ask" },
};

/** What is to be said of the book as it is, in words that a selector can compare. */
function marks(): string {
  const book = shownBook();
  if (book === null) return "none";
  const said = [book.isStale && "stale", book.isCrossed && "crossed", book.isLocked && "locked"];
  return said.filter((word) => word !== false).join(" ");
}

/** The book by price, and where the source tells them by order: bids left, asks right. */
export function LadderPanel() {
  const depth = useSession((s) => s.source?.depth ?? "");
  const { group, setGroup } = useLadder();
  const [shownGroup, setShownGroup] = useState(1);
  const [auto, setAuto] = useState(true);
  const activeId = useMarket((s) => s.activeId);
  const said = useSaid();
  const hasBook = depth !== "bars" && depth !== "trades";
  const levels = shownGroup > FEW_TICKS ? MOST_LEVELS : LEVELS;
  const byOrder = depth === "L3";
  useEffect(() => {
    if (!hasBook) return;
    // The events tell what became of an order that is followed.
    return bookStream.watch({ levels, orders: byOrder, volume: true, events: byOrder });
  }, [hasBook, levels, byOrder]);
  return (
    <section className="panel book ladder-panel" aria-label="Book">
      <div className="panel-head">
        <h2>Book</h2>
        <label className="field inline" title="Ticks of a row">
          <span className="unseen">Ticks a row</span>
          <select
            value={group ?? 0}
            onChange={(event) => setGroup(Number(event.target.value) || null)}
          >
            <option value={0}>Auto · {shownGroup}</option>
            {GROUPS.map((ticks) => (
              <option key={ticks} value={ticks}>
                {ticks} {ticks === 1 ? "tick" : "ticks"}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="ladder-centre"
          aria-pressed={auto}
          title="Keep the market in the middle (P, or double-click the ladder)"
          onClick={() => useLadder.getState().recentre()}
        >
          Centre
        </button>
        <Publishers />
        <span className="spring" />
        {said.split(" ").map((word) => {
          const mark = WORDS[word];
          return mark === undefined ? null : (
            <span key={word} className={`badge ${mark.tone}`} title={mark.title}>
              {word}
            </span>
          );
        })}
      </div>
      <LadderFollow />
      {said === "none" && <p className="empty">{NO_BOOK[depth] ?? "No book yet."}</p>}
      {said !== "none" && <LadderCanvas key={activeId} onGroup={setShownGroup} onAuto={setAuto} />}
      {said !== "none" && <LadderFoot />}
    </section>
  );
}

/** Marks of the book, heard with every frame of either stream. */
function useSaid(): string {
  const streamed = useBook(marks);
  const plain = useMarket(marks);
  return streamed === "none" ? plain : streamed;
}

function Publishers() {
  const ids = useBook(() =>
    bookStream
      .booksOf(useMarket.getState().activeId)
      .map((book) => book.publisherId)
      .join(" "),
  );
  const picked = useBook((s) => s.publisherId);
  const all = ids.split(" ").filter((id) => id !== "");
  if (all.length < 2) return null;
  return (
    <label className="field inline" title="Whose book">
      <span className="unseen">Publisher</span>
      <select
        value={picked ?? all[0]}
        onChange={(event) => useBook.setState({ publisherId: Number(event.target.value) })}
      >
        {all.map((id) => (
          <option key={id} value={id}>
            publisher {id}
          </option>
        ))}
      </select>
    </label>
  );
}
