import { type ReactNode, useEffect, useId, useRef, useState } from "react";

export interface Entry {
  key: string;
  name: ReactNode;
  /** What stands at the right: a key, a kind. */
  note: ReactNode;
  pick(withShift: boolean): void;
}

interface PickListProps {
  label: string;
  placeholder: string;
  typed: string;
  onType(typed: string): void;
  entries: readonly Entry[];
  none: string;
  foot: ReactNode;
  onClose(): void;
}

const PAGE = 8;

/** A field and what is meant by what stands in it; arrows choose, Enter picks. */
export function PickList(props: PickListProps) {
  const { label, placeholder, typed, onType, entries, none, foot, onClose } = props;
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  useEffect(() => {
    box.current?.showModal();
    const { current } = field;
    // What was struck to open it stands there already: the next letter follows it.
    current?.focus();
    current?.setSelectionRange(current.value.length, current.value.length);
  }, []);
  const shown = Math.min(at, entries.length - 1);
  const pick = (entry: Entry | undefined, withShift: boolean) => {
    if (entry === undefined) return;
    onClose();
    entry.pick(withShift);
  };
  const move = (by: number) =>
    setAt(Math.max(0, Math.min(entries.length - 1, Math.max(0, shown) + by)));
  return (
    <dialog
      className="palette"
      ref={box}
      aria-label={label}
      onClose={onClose}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <input
        ref={field}
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown >= 0 ? `${listId}-${shown}` : undefined}
        placeholder={placeholder}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          onType(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[event.key];
          if (by !== undefined) {
            event.preventDefault();
            move(by);
          } else if (event.key === "Enter") {
            event.preventDefault();
            pick(entries[shown], event.shiftKey);
          }
        }}
      />
      <div className="palette-list" role="listbox" id={listId} aria-label={label}>
        {entries.length === 0 && <p className="empty">{none}</p>}
        {entries.map((entry, i) => (
          <div
            key={entry.key}
            id={`${listId}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === shown}
            ref={i === shown ? (row) => row?.scrollIntoView({ block: "nearest" }) : undefined}
            onPointerMove={() => i !== shown && setAt(i)}
            onPointerDown={(event) => {
              event.preventDefault();
              pick(entry, event.shiftKey);
            }}
          >
            <span>{entry.name}</span>
            <span className="palette-note">{entry.note}</span>
          </div>
        ))}
      </div>
      <p className="palette-foot">{foot}</p>
    </dialog>
  );
}
