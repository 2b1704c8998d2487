import { type KeyboardEvent, useId, useMemo, useState } from "react";
import type { Instrument } from "../api/messages";
import { lastTyped, replaceLastTyped, searchSymbols } from "../market/instruments";
import { kindOf } from "../palette/SymbolSearch";
import { useSession } from "../stores/session";

/** A text field of symbols with a list to pick from. */
export function SymbolPicker() {
  const text = useSession((s) => s.symbolsText);
  const setText = useSession((s) => s.setSymbolsText);
  const connect = useSession((s) => s.connect);
  const all = useSession((s) => s.symbols);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [typed, setTyped] = useState("");
  const listId = useId();
  const found = useMemo(() => (open ? searchSymbols(all, typed) : []), [open, all, typed]);

  const pick = (symbol: string) => {
    setText(typed === "" ? symbol : replaceLastTyped(text, symbol));
    setOpen(false);
    connect();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return setOpen(true);
      const move = event.key === "ArrowDown" ? 1 : -1;
      setAt(Math.max(-1, Math.min(found.length - 1, at + move)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      // The keys are the page's again.
      event.currentTarget.blur();
      const chosen = open ? found[at] : undefined;
      if (chosen !== undefined) pick(chosen.symbol);
      else {
        setOpen(false);
        connect();
      }
    } else if (event.key === "Escape") setOpen(false);
  };
  return (
    <div className="picker field">
      <label htmlFor="symbols">Symbols</label>
      <input
        id="symbols"
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${listId}-${at}` : undefined}
        value={text}
        placeholder="ES.FUT"
        spellCheck={false}
        autoComplete="off"
        onFocus={(event) => {
          event.target.select();
          setTyped("");
          setAt(-1);
          setOpen(true);
        }}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setText(event.target.value);
          setTyped(lastTyped(event.target.value));
          setAt(-1);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      {open && <SymbolList id={listId} found={found} at={at} onPick={pick} />}
    </div>
  );
}

interface SymbolListProps {
  id: string;
  found: Instrument[];
  at: number;
  onPick(symbol: string): void;
}

function SymbolList({ id, found, at, onPick }: SymbolListProps) {
  return (
    <div className="symbol-list" role="listbox" id={id} aria-label="Symbols">
      {found.length === 0 && <p className="empty">No symbol of this source matches.</p>}
      {found.map((entry, i) => (
        <div
          key={`${entry.symbol} ${entry.instrumentId}`}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === at}
          ref={i === at ? (row) => row?.scrollIntoView({ block: "nearest" }) : undefined}
          // Down, not click: a click comes after the field's blur has closed the list.
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(entry.symbol);
          }}
        >
          <b>{entry.symbol}</b>
          <span>{kindOf(entry)}</span>
        </div>
      ))}
    </div>
  );
}
