import { useEffect, useState } from "react";
import { keepNote } from "../api/flowHttp";
import { problemOf } from "../api/http";
import { formatSize } from "../market/prices";
import { formatDateTime, type Zone } from "../market/times";
import { annotate } from "../stores/signals";
import { useDecimals } from "./decimals";
import { useHorizons } from "./horizons";
import { kindName } from "./kinds";
import type { Signal } from "./signal";
import { formatPoints } from "./words";

const LONGEST_NOTE = 10_000;

interface SignalDetailProps {
  signal: Signal;
  zone: Zone;
  onClose(): void;
  /** A note was kept, or taken away. */
  onNoted?(id: string, note: string | null): void;
}

/** One signal in full, with the note that a person keeps with it. */
export function SignalDetail({ signal, zone, onClose, onNoted }: SignalDetailProps) {
  const decimals = useDecimals(signal.symbol);
  const { id, strength, score, amount, direction, rules } = signal;
  const [sooner, later] = useHorizons(rules, id);
  return (
    <section className="signal-detail" aria-label="Signal">
      <div className="signal-said">
        <b className={direction === "bullish" ? "buy" : "sell"}>
          {kindName(signal.kind)}, {direction}
        </b>
        <span>{signal.symbol}</span>
        <span>
          {formatDateTime(signal.tsNs, zone, 3)} {zone === "utc" ? "UTC" : ""}
        </span>
        <span>at {formatPoints(signal.price, decimals)}</span>
        <span>{strength}</span>
        {score > 1 && <span>score {score}</span>}
        {amount > 0 && <span>{formatSize(amount)} contracts</span>}
        {rules !== "" && <span title="Not the defaults">thresholds {rules}</span>}
        <After
          decimals={decimals}
          name={sooner}
          price={signal.after1m}
          outcome={signal.outcome1m}
        />
        <After decimals={decimals} name={later} price={signal.after5m} outcome={signal.outcome5m} />
        <button type="button" className="quiet" aria-label="Close the signal" onClick={onClose}>
          ✕
        </button>
      </div>
      <NoteEditor
        key={signal.id}
        signal={signal}
        onNoted={(note) => {
          annotate(signal.id, note);
          onNoted?.(signal.id, note);
        }}
      />
    </section>
  );
}

interface AfterProps {
  decimals: number | null;
  name: string;
  price: number | null;
  outcome: string | null;
}

function After({ decimals, name, price, outcome }: AfterProps) {
  return (
    <span>
      {name}:{" "}
      {outcome === null ? (
        "pending"
      ) : (
        <b className={`outcome ${outcome}`}>
          {outcome} {price !== null && formatPoints(price, decimals)}
        </b>
      )}
    </span>
  );
}

interface NoteEditorProps {
  signal: Signal;
  onNoted(note: string | null): void;
}

function NoteEditor({ signal, onNoted }: NoteEditorProps) {
  const [text, setText] = useState(signal.note ?? "");
  const [said, setSaid] = useState("");
  useEffect(() => setText(signal.note ?? ""), [signal.note]);
  const isNew = text.trim() !== (signal.note ?? "");
  const keep = async () => {
    setSaid("…");
    try {
      const kept = await keepNote(signal.id, text);
      onNoted(kept?.note ?? null);
      setSaid("kept");
    } catch (error) {
      const problem = problemOf(error);
      setSaid(`${problem.message} ${problem.hint}`);
    }
  };
  return (
    <form
      className="note"
      onSubmit={(event) => {
        event.preventDefault();
        if (isNew) void keep();
      }}
    >
      <input
        type="text"
        aria-label="Note"
        placeholder="A note on this signal"
        maxLength={LONGEST_NOTE}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setSaid("");
        }}
      />
      <button type="submit" disabled={!isNew}>
        Keep
      </button>
      <output aria-label="Kept">{said}</output>
    </form>
  );
}
