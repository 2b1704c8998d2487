import { spreadText } from "../ladder/words";
import { formatSize } from "../market/prices";
import { shownBook, useBook } from "../stores/book";
import { shownTick } from "../stores/ladder";
import { useMarket } from "../stores/market";
import { useSession } from "../stores/session";

function spread(): string {
  const book = shownBook();
  return book === null ? "" : spreadText(book, shownTick());
}

/** Levels and orders of the whole book, of which the ladder shows a part. */
function wholeBook({
  data,
  activeId,
}: {
  data: ReturnType<typeof useMarket.getState>["data"];
  activeId: number | null;
}): string {
  const book = data.dataOf(activeId)?.book;
  if (book == null) return "";
  const levels = `${formatSize(book.bidLevels)} bid levels · ${formatSize(book.askLevels)} ask levels`;
  return book.liveOrders === null ? levels : `${levels} · ${formatSize(book.liveOrders)} orders`;
}

const KINDS: Record<string, string> = {
  L1: "This source has the best bid and offer only.",
  L2: "L2: sizes by price",
};

export function LadderFoot() {
  const streamed = useBook(spread);
  const plain = useMarket(spread);
  const whole = useMarket(wholeBook);
  const depth = useSession((s) => s.source?.depth ?? "");
  return (
    <p className="depths ladder-foot">
      <span>{streamed || plain}</span>
      <span>{depth === "L1" ? KINDS.L1 : whole}</span>
      {depth === "L2" && <span>{KINDS.L2}</span>}
    </p>
  );
}
