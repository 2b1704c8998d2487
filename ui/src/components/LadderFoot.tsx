import { spreadText } from "../ladder/words";
import { formatSize } from "../market/prices";
import { type BookView, useBookView } from "../stores/book";
import { shownTick } from "../stores/ladder";
import { useMarket } from "../stores/market";
import { useSession } from "../stores/session";

function spreadOf(books: BookView): string {
  const book = books.shown();
  return book === null ? "" : spreadText(book, shownTick(books.idOf()));
}

/** Levels and orders of the whole book, of which the ladder shows a part. */
function wholeBook(books: BookView): string {
  const book = useMarket.getState().data.dataOf(books.idOf())?.book;
  if (book == null) return "";
  const levels = `${formatSize(book.bidLevels)} bid levels · ${formatSize(book.askLevels)} ask levels`;
  return book.liveOrders === null ? levels : `${levels} · ${formatSize(book.liveOrders)} orders`;
}

const KINDS: Record<string, string> = {
  L1: "This source has the best bid and offer only.",
  L2: "L2: sizes by price",
};

export function LadderFoot() {
  const books = useBookView();
  const streamed = books.use(() => spreadOf(books));
  const plain = useMarket(() => spreadOf(books));
  const whole = useMarket(() => wholeBook(books));
  const depth = useSession((s) => s.source?.depth ?? "");
  return (
    <p className="depths ladder-foot">
      <span>{streamed || plain}</span>
      <span>{depth === "L1" ? KINDS.L1 : whole}</span>
      {depth === "L2" && <span>{KINDS.L2}</span>}
    </p>
  );
}
