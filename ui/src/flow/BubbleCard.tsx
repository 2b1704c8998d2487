import { useEffect, useState } from "react";
import { problemOf } from "../api/http";
import type { Trade } from "../api/messages";
import { formatSize } from "../market/prices";
import type { BubbleItem, SweepItem } from "./flowState";
import { printsOf } from "./prints";
import { bubbleLines, countText, printTexts, type Words } from "./words";

interface BubbleCardProps {
  symbol: string;
  bubble: BubbleItem;
  /** Smaller prints are not counted in it. */
  leastPrint: number;
  /** Prints of one event that took several prices or orders at once. */
  sweeps: readonly SweepItem[];
  words: Words;
  place: { left: number; top: number };
  onClose(): void;
}

const MOST_ROWS = 60;

/** What is inside of a bubble that was clicked. */
export function BubbleCard(props: BubbleCardProps) {
  const { symbol, bubble, leastPrint, sweeps, words, place, onClose } = props;
  const [prints, setPrints] = useState<Trade[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isWanted = true;
    setPrints(null);
    setProblem(null);
    printsOf(symbol, bubble, leastPrint).then(
      (come) => isWanted && setPrints(come.prints),
      (error: unknown) => isWanted && setProblem(problemOf(error).message),
    );
    return () => {
      isWanted = false;
    };
  }, [symbol, bubble, leastPrint]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose]);
  const [first = "", ...rest] = bubbleLines(bubble, words);
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
            {prints.slice(0, MOST_ROWS).map((trade, at) => {
              const [time, price, size] = printTexts(trade, words);
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: prints have no name, and the list does not change
                <li key={at}>
                  <time>{time}</time>
                  <span>{price}</span>
                  <b>{size}</b>
                </li>
              );
            })}
          </ol>
        </>
      )}
    </div>
  );
}
