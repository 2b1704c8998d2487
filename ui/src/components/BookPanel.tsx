import type { Book } from "../api/messages";
import { formatPrice, formatSize, type Price, ticksBetween } from "../market/prices";
import { useActive } from "../stores/active";
import { BookSide } from "./BookSide";

export const LEVELS = 10;

export function BookPanel() {
  const { instrument, market } = useActive();
  const book = market?.book ?? null;
  const tick = instrument?.tick ?? null;
  return (
    <section className="panel book" aria-label="Book">
      <div className="panel-head">
        <h2>Book</h2>
        <span className="spring" />
        {book?.stale === true && <span className="badge warn">stale</span>}
        {book?.crossed === true && <span className="badge bad">crossed</span>}
        {book?.locked === true && <span className="badge warn">locked</span>}
        {book?.liveOrders != null && (
          <span className="mark" title="Orders now in this book">
            {formatSize(book.liveOrders)} orders
          </span>
        )}
      </div>
      {book === null ? <p className="empty">No book yet.</p> : <Ladder book={book} tick={tick} />}
    </section>
  );
}

function Ladder({ book, tick }: { book: Book; tick: Price | null }) {
  const bids = book.bids.slice(0, LEVELS);
  const asks = book.asks.slice(0, LEVELS);
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
        <BookSide side="ask" levels={asks} count={LEVELS} tick={tick} largest={largest} />
        <tbody>
          <tr className="spread">
            <td colSpan={3}>{spreadOf(book, tick)}</td>
          </tr>
        </tbody>
        <BookSide side="bid" levels={bids} count={LEVELS} tick={tick} largest={largest} />
      </table>
      <p className="depths">
        {formatSize(book.bidLevels)} bid levels · {formatSize(book.askLevels)} ask levels
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
