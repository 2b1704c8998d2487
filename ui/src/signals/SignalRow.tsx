import { formatClock, formatDateTime, type Zone } from "../market/times";
import { useDecimals } from "./decimals";
import { kindName } from "./kinds";
import { outcomeOf, type Signal, STRENGTHS } from "./signal";
import { formatPoints, moveText, outcomeWord, rulesName } from "./words";

interface SignalRowProps {
  signal: Signal;
  zone: Zone;
  /** Days too, where rows are of several. */
  dated: boolean;
  /** The thresholds too, where rows are of several. */
  ruled?: boolean;
  selected: boolean;
  style?: { height: number; transform: string };
  onPick(): void;
}

/** One signal in a line; what a narrow panel has no room for is left out by its style. */
export function SignalRow(props: SignalRowProps) {
  const { signal, zone, dated, ruled, selected, style, onPick } = props;
  const decimals = useDecimals(signal.symbol);
  const isUp = signal.direction === "bullish";
  const time = dated ? formatDateTime(signal.tsNs, zone) : formatClock(signal.tsNs, zone, 0);
  return (
    <div
      className="signal-row"
      role="option"
      aria-selected={selected}
      data-signal={signal.id}
      data-outcome={outcomeOf(signal) ?? "pending"}
      style={style}
      tabIndex={0}
      onClick={onPick}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onPick();
      }}
    >
      <time>{time}</time>
      <span className="of-symbol">{signal.symbol}</span>
      <span className={`what ${isUp ? "buy" : "sell"}`} title={signal.direction}>
        <span className="arrow">{isUp ? "▲" : "▼"}</span> {kindName(signal.kind)}
        {signal.note !== null && (
          <span className="noted" title={signal.note}>
            ✎
          </span>
        )}
        {ruled === true && <span className="of-rules">{rulesName(signal.rules)}</span>}
      </span>
      <span className="number price">{formatPoints(signal.price, decimals)}</span>
      <span className="strength" title={signal.strength}>
        <Strength of={signal} />
      </span>
      <span className="number score" title="Score: kinds that agree">
        {signal.score}
      </span>
      <span className={`outcome ${outcomeOf(signal) ?? "pending"}`}>
        <span className="word">{outcomeWord(signal)}</span> {moveText(signal, decimals)}
      </span>
    </div>
  );
}

function Strength({ of }: { of: Signal }) {
  const at = STRENGTHS.indexOf(of.strength);
  return (
    <>
      <span className="unseen">{of.strength}</span>
      {STRENGTHS.map((one, i) => (
        <i key={one} data-on={i <= at} />
      ))}
    </>
  );
}

/** The names of a row's columns. */
export function SignalHead() {
  return (
    <div className="signal-row head" aria-hidden="true">
      <span>Time</span>
      <span className="of-symbol">Symbol</span>
      <span className="what">Signal</span>
      <span className="number price">Price</span>
      <span className="strength">Strength</span>
      <span className="number score">Score</span>
      <span className="outcome">
        <span className="word">Outcome</span>
        <span className="short">Move</span>
      </span>
    </div>
  );
}
