import type { BookState } from "../book/bookState";
import type { PointedOrder } from "../ladder/ladderView";
import { priceText } from "../ladder/scene";
import { orderWords } from "../ladder/words";
import { shownTick } from "../stores/ladder";

/** What is known of the order under the pointer. */
export function OrderTip({ pointed, book }: { pointed: PointedOrder; book: BookState }) {
  const { side, segment, x, y } = pointed;
  const words = orderWords(book, segment);
  const name = side === "B" ? "Bid" : "Ask";
  return (
    <div className="order-tip" role="tooltip" data-flip={side === "A"} style={{ left: x, top: y }}>
      <p>
        <b className={side === "B" ? "buy" : "sell"}>
          {name} {words.size}
        </b>{" "}
        at {priceText(segment.level.price, shownTick())}
      </p>
      <p>
        {words.place} · {words.ahead}
      </p>
      <p>
        {words.age} old · order <span className="ladder-id">{words.id}</span>
      </p>
      <p className="order-tip-hint">click to follow</p>
    </div>
  );
}
