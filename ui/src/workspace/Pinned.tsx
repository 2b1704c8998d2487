import { type ReactNode, useEffect, useMemo } from "react";
import { Books, booksOfSymbol } from "../stores/book";
import { useMarket } from "../stores/market";
import { Pin, stream } from "../stores/pins";
import { useSession } from "../stores/session";

interface PinnedProps {
  symbol: string;
  children: ReactNode;
}

/** Symbols that this page has asked to be streamed because a panel is held to them. */
const asked = new Set<string>();

/** What is inside shows this symbol, whichever one the page follows. */
export function Pinned({ symbol, children }: PinnedProps) {
  const books = useMemo(() => booksOfSymbol(symbol), [symbol]);
  const isLive = useSession((s) => s.connection.state === "live");
  const isStreamed = useMarket((s) => s.data.instruments.some((one) => one.symbol === symbol));
  const isKnown = useSession((s) => s.symbols.some((one) => one.symbol === symbol));
  // A layout that is found again may hold a symbol that the page was not told of: ask once.
  useEffect(() => {
    if (!isLive || isStreamed || !isKnown || asked.has(symbol)) return;
    asked.add(symbol);
    stream(symbol);
  }, [isLive, isStreamed, isKnown, symbol]);
  return (
    <Pin value={symbol}>
      <Books value={books}>{children}</Books>
    </Pin>
  );
}
