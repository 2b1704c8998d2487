import type { BookEvent } from "../book/eventRing";
import {
  ACTIONS,
  effectWords,
  flagsOf,
  ordinal,
  priceText,
  type QueuePlace,
  SIDES,
} from "../inspector/words";
import { formatSize, type Price } from "../market/prices";
import { formatDateTime } from "../market/times";
import { useSettings } from "../stores/settings";

interface RecordDetailProps {
  event: BookEvent;
  tick: Price | null;
  symbol: string;
  queue: QueuePlace | null;
}

/** Everything that one record says, and what it did. */
export function RecordDetail({ event, tick, symbol, queue }: RecordDetailProps) {
  const zone = useSettings((s) => s.zone);
  const flags = flagsOf(event.flags);
  const side = SIDES[event.side];
  const delayUs = Math.round(Number(event.tsRecv - event.tsEvent) / 1e3);
  const fields: [string, string][] = [
    ["order", event.orderId.toString()],
    ["sequence", event.sequence.toString()],
    // Counted from one, as the player counts.
    ["record", formatSize(event.position + 1)],
    ["channel", event.channelId.toString()],
    ["event", formatDateTime(event.tsEvent, zone, 9)],
    ["received", `${delayUs < 0 ? "" : "+"}${delayUs.toLocaleString("en-US")} µs`],
  ];
  return (
    <section className="record-detail" aria-label="Record">
      <p>
        {symbol} · {event.action} {ACTIONS[event.action] ?? "unknown action"}
        {side === undefined ? "" : ` · ${side}`} · {formatSize(event.size)} at{" "}
        {priceText(event.price, tick)}
        {flags.map(({ name, meaning }) => (
          <span key={name} className="badge depth" title={meaning}>
            {name}
          </span>
        ))}
      </p>
      <p className="effect-words" data-kind={event.effect.kind}>
        {effectWords(event, tick)}
        {queue !== null && (
          <span className="mark">
            {" "}
            now {ordinal(queue.place)} of {formatSize(queue.of)} in the queue
          </span>
        )}
      </p>
      <dl>
        {fields.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
