import type { BookState } from "../book/bookState";
import type { PointedOrder } from "../ladder/ladderView";
import { priceText } from "../ladder/scene";
import { orderWords } from "../ladder/words";

interface OrderTipProps {
  pointed: PointedOrder;
  book: BookState;
  tick: number;
  canFollow: boolean;
  /** Of the drawing. */
  size: { width: number; height: number };
}

const WIDTH = 230;
const HEIGHT = 84;
const AWAY = 12;

/** Beside the pointer, over the other side of the book, and never cut off. */
function placeOf(side: "B" | "A", x: number, y: number, size: OrderTipProps["size"]) {
  const wanted = side === "B" ? x + AWAY : x - AWAY - WIDTH;
  const left = Math.max(4, Math.min(wanted, size.width - WIDTH - 4));
  const top = y + AWAY + HEIGHT > size.height ? y - AWAY - HEIGHT : y + AWAY;
  return { left, top, width: WIDTH };
}

/** What is known of the order under the pointer. */
export function OrderTip({ pointed, book, tick, canFollow, size }: OrderTipProps) {
  const { side, segment, x, y } = pointed;
  const words = orderWords(book, segment);
  const name = side === "B" ? "Bid" : "Ask";
  return (
    <div className="order-tip" role="tooltip" style={placeOf(side, x, y, size)}>
      <p>
        <b className={side === "B" ? "buy" : "sell"}>
          {name} {words.size}
        </b>{" "}
        at {priceText(segment.level.price, tick)}
      </p>
      <p>
        {words.place} · {words.ahead}
      </p>
      <p>
        {words.age} old · order <span className="ladder-id">{words.id}</span>
      </p>
      {canFollow && <p className="order-tip-hint">click to follow</p>}
    </div>
  );
}
