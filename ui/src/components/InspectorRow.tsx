import type { BookEvent } from "../book/eventRing";
import { ACTIONS, effectWords, isEventEnd, priceText, SIGNS } from "../inspector/words";
import { formatSize, type Price } from "../market/prices";
import { formatClock, type Zone } from "../market/times";

interface InspectorRowProps {
  event: BookEvent;
  tick: Price | null;
  zone: Zone;
  top: number;
  isPicked: boolean;
  /** Of the newest event. */
  isFresh: boolean;
  onPick(): void;
}

/** One record in one line; a rule stands above the last record of an event, since the newest is on top. */
export function InspectorRow(props: InspectorRowProps) {
  const { event, tick, zone } = props;
  const tone = event.side === "B" ? "buy" : event.side === "A" ? "sell" : "none";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys and says which row they picked
    // biome-ignore lint/a11y/useFocusableInteractive: an option of a list box that holds the focus itself
    <div
      id={`record-${event.position}`}
      className="record-row"
      role="option"
      aria-selected={props.isPicked}
      data-record={event.position}
      data-ends={isEventEnd(event)}
      data-fresh={props.isFresh}
      data-kind={event.effect.kind}
      style={{ top: props.top }}
      onClick={props.onPick}
    >
      <time>{formatClock(event.tsEvent, zone, 6)}</time>
      <span title={ACTIONS[event.action]}>{event.action}</span>
      <span className={tone}>{event.side}</span>
      <span className={`number ${tone}`}>{priceText(event.price, tick)}</span>
      <span className="number">{formatSize(event.size)}</span>
      <span className="sign">{SIGNS[event.effect.kind]}</span>
      <span className="effect">{effectWords(event, tick)}</span>
    </div>
  );
}
