import { useEffect, useState } from "react";
import { MOST_LEVELS } from "../book/needs";
import { GROUPS } from "../ladder/rows";
import { type BookView, useBookView } from "../stores/book";
import { useHint } from "../stores/keymap";
import { useLadder } from "../stores/ladder";
import { useMarket } from "../stores/market";
import { usePin } from "../stores/pins";
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
function marksOf(books: BookView): string {
  const book = books.shown();
  if (book === null) return "none";
  const said = [book.isStale && "stale", book.isCrossed && "crossed", book.isLocked && "locked"];
  return said.filter((word) => word !== false).join(" ");
}

/** The book by price, and where the source tells them by order: bids left, asks right. */
export function LadderPanel() {
  const hint = useHint();
  const depth = useSession((s) => s.source?.depth ?? "");
  const { group, setGroup } = useLadder();
  const [shownGroup, setShownGroup] = useState(1);
  const [auto, setAuto] = useState(true);
  const books = useBookView();
  const pin = usePin();
  const shownId = useMarket(() => books.idOf());
  const said = useSaid(books);
  const hasBook = depth !== "bars" && depth !== "trades";
  const levels = shownGroup > FEW_TICKS ? MOST_LEVELS : LEVELS;
  const byOrder = depth === "L3";
  useEffect(() => {
    if (!hasBook) return;
    // The events tell what became of an order that is followed.
    return books.stream.watch({ levels, orders: byOrder, volume: true, events: byOrder });
  }, [books, hasBook, levels, byOrder]);
  return (
    <section
      className="panel book ladder-panel"
      aria-label={pin === null ? "Book" : `Book of ${pin}`}
    >
      <div className="panel-head">
        <h2>{pin ?? "Book"}</h2>
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
          title={hint(
            "Keep the market in the middle, as a double click on the ladder does",
            "recentre",
          )}
          onClick={() => useLadder.getState().recentre()}
        >
          Centre
        </button>
        <Publishers books={books} />
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
      {pin === null && <LadderFollow />}
      {said === "none" && (
        <p className="empty">
          {NO_BOOK[depth] ?? (pin === null ? "No book yet." : `No book of ${pin} yet.`)}
        </p>
      )}
      {said !== "none" && <LadderCanvas key={shownId} onGroup={setShownGroup} onAuto={setAuto} />}
      {said !== "none" && <LadderFoot />}
    </section>
  );
}

/** Marks of the book, heard with every frame of either stream. */
function useSaid(books: BookView): string {
  const streamed = books.use(() => marksOf(books));
  const plain = useMarket(() => marksOf(books));
  return streamed === "none" ? plain : streamed;
}

function Publishers({ books }: { books: BookView }) {
  const ids = books.use(() =>
    books.stream
      .booksOf(books.idOf())
      .map((book) => book.publisherId)
      .join(" "),
  );
  const picked = books.use((s) => s.publisherId);
  const all = ids.split(" ").filter((id) => id !== "");
  if (all.length < 2) return null;
  return (
    <label className="field inline" title="Whose book">
      <span className="unseen">Publisher</span>
      <select
        value={picked ?? all[0]}
        onChange={(event) => books.use.setState({ publisherId: Number(event.target.value) })}
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
