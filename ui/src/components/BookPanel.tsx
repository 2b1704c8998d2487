import type { Book } from "../api/messages";
import { formatPrice, formatSize, type Price, ticksBetween } from "../market/prices";
import { useActive } from "../stores/active";
import { useSession } from "../stores/session";
import { BookSide } from "./BookSide";

export const LEVELS = 10;
const NO_BOOK: Record<string, string> = {
  bars: "This source has candles only: there is no book.",
  trades: "This source has trades only: there is no book.",
};

export function BookPanel() {
  const { instrument, market } = useActive();
  const book = market?.book ?? null;
  const tick = instrument?.tick ?? null;
  const depth = useSession((s) => s.source?.depth ?? "");
  return (
    <section className="panel book" aria-label="Book">
      <div className="panel-head">
        <h2>Book</h2>
        <span className="spring" />
        {book?.stale === true && (
          <span className="badge warn" title="Records are missing: this may not be the book">
            stale
          </span>
        )}
        {book?.crossed === true && (
          <span
            className="badge bad"
            title="The best bid is above the best ask: as in an auction before the open, or bad data"
          >
            crossed
          </span>
        )}
        {book?.locked === true && (
          <span className="badge warn" title="The best bid is the best ask">
            locked
          </span>
        )}
        {book?.liveOrders != null && (
          <span className="mark" title="Orders now in this book">
            {formatSize(book.liveOrders)} orders
          </span>
        )}
      </div>
      {book === null ? (
        <p className="empty">{NO_BOOK[depth] ?? "No book yet."}</p>
      ) : (
        <Ladder book={book} tick={tick} levels={depth === "L1" ? 1 : LEVELS} />
      )}
    </section>
  );
}

interface LadderProps {
  book: Book;
  tick: Price | null;
  levels: number;
}

function Ladder({ book, tick, levels }: LadderProps) {
  const bids = book.bids.slice(0, levels);
  const asks = book.asks.slice(0, levels);
  const largest = Math.max(1, ...[...bids, ...asks].map((level) => level.size));
  return (
    <div className="ladder">
      <table aria-label="Order book">
        <thead>
          <tr>
            <th scope="col">Price</th>
            <th scope="col">Size</th>
            <th scope="col">Orders</th>
          </tr>
        </thead>
        <BookSide side="ask" levels={asks} count={levels} tick={tick} largest={largest} />
        <tbody>
          <tr className="spread">
            <td colSpan={3}>{spreadOf(book, tick)}</td>
          </tr>
        </tbody>
        <BookSide side="bid" levels={bids} count={levels} tick={tick} largest={largest} />
      </table>
      <p className="depths">
        {levels === 1
          ? "This source has the best bid and offer only."
          : `${formatSize(book.bidLevels)} bid levels · ${formatSize(book.askLevels)} ask levels`}
      </p>
    </div>
  );
}

function spreadOf(book: Book, tick: Price | null): string {
  const bid = book.bids[0];
  const ask = book.asks[0];
  if (bid === undefined || ask === undefined) return "one side is empty";
  const ticks = ticksBetween(bid.price, ask.price, tick);
  const inTicks = ticks === "" ? "" : ` · ${ticks} ${ticks === "1" ? "tick" : "ticks"}`;
  return `spread ${formatPrice(ask.price - bid.price, tick)}${inTicks}`;
}
