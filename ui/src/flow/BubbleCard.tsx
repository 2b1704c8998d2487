import { useEffect, useState } from "react";
import { problemOf } from "../api/http";
import type { Trade } from "../api/messages";
import { formatPrice, formatSize } from "../market/prices";
import { formatClock } from "../market/times";
import type { BubbleItem, SweepItem } from "./flowState";
import { fetchPrints } from "./prints";
import { bubbleLines, type Words } from "./words";

interface BubbleCardProps {
  symbol: string;
  bubble: BubbleItem;
  /** Prints of one event that took several prices or orders at once. */
  sweeps: readonly SweepItem[];
  words: Words;
  place: { left: number; top: number };
  onClose(): void;
}

const MOST_ROWS = 60;

/** What is inside of a bubble that was clicked. */
export function BubbleCard({ symbol, bubble, sweeps, words, place, onClose }: BubbleCardProps) {
  const [prints, setPrints] = useState<Trade[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const asking = new AbortController();
    setPrints(null);
    setProblem(null);
    fetchPrints(symbol, bubble, asking.signal).then(setPrints, (error: unknown) => {
      if (!asking.signal.aborted) setProblem(problemOf(error).message);
    });
    return () => asking.abort();
  }, [symbol, bubble]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose]);
  const [first = "", ...rest] = bubbleLines(bubble, words);
  const tick = BigInt(Math.round(words.tick * 1e9));
  return (
    <div className="flow-card" role="dialog" aria-label="Bubble" style={place}>
      <button type="button" className="quiet" aria-label="Close" onClick={onClose}>
        ×
      </button>
      <b className={bubble.side}>{first}</b>
      {rest.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {sweeps.length > 0 && (
        <ul aria-label="Sweeps">
          {sweeps.map(({ message }) => (
            <li key={message.id}>
              sweep of {formatSize(message.size)}: {message.prints} prints, {message.levels}{" "}
              {message.levels === 1 ? "price" : "prices"}
            </li>
          ))}
        </ul>
      )}
      {problem !== null && <p className="warn">{problem}</p>}
      {prints === null && problem === null && <p>Asking for its prints…</p>}
      {prints !== null && (
        <>
          <p>{countText(prints.length)}</p>
          <ol aria-label="Prints">
            {prints.slice(0, MOST_ROWS).map((trade, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: prints have no name, and the list does not change
              <li key={at}>
                <time>{formatClock(trade.tsEvent, words.zone, 3)}</time>
                <span>{formatPrice(trade.price, tick)}</span>
                <b>{formatSize(trade.size)}</b>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function countText(prints: number): string {
  if (prints === 0) return "No prints are kept of it.";
  return prints === 1 ? "1 print" : `${prints} prints`;
}
