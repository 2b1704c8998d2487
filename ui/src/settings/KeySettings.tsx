import { useEffect, useState } from "react";
import { ACTIONS, type Action, type ActionId, GROUPS } from "../keys/actions";
import { CLOSE, conflictsOf, keysOf } from "../keys/keymap";
import { strokeOf, strokeText } from "../keys/strokes";
import { useKeymap } from "../stores/keymap";

/** The keys of every action, and the way to others. */
export function KeySettings() {
  const { rebound, resetAll } = useKeymap();
  const [listening, setListening] = useState<ActionId | null>(null);
  useListening(listening, () => setListening(null));
  const isOwn = Object.keys(rebound).length > 0;
  return (
    <>
      <div className="keys-head">
        <span>Click a key to take it away, Add to strike another one.</span>
        <button type="button" disabled={!isOwn} onClick={resetAll}>
          All as they were
        </button>
      </div>
      {GROUPS.map((group) => (
        <section key={group} aria-label={group}>
          <h3>{group}</h3>
          <ul>
            {ACTIONS.filter((one) => one.group === group).map((one) => (
              <KeyRow
                key={one.id}
                action={one}
                listening={listening === one.id}
                onListen={() => setListening(listening === one.id ? null : one.id)}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Give the next stroke to an action; Esc leaves it as it is. */
function useListening(id: ActionId | null, onEnd: () => void): void {
  useEffect(() => {
    if (id === null) return;
    const onKey = (event: KeyboardEvent) => {
      const stroke = strokeOf({
        key: event.key,
        code: event.code,
        shift: event.shiftKey,
        mod: event.ctrlKey || event.metaKey,
        alt: event.altKey,
      });
      if (stroke === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (stroke !== CLOSE) {
        const { rebound, bind } = useKeymap.getState();
        const keys = keysOf(id, rebound);
        if (!keys.includes(stroke)) bind(id, [...keys, stroke]);
      }
      onEnd();
    };
    // Before anyone else hears of it: the stroke is not to do what it means now.
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [id, onEnd]);
}

interface KeyRowProps {
  action: Action;
  listening: boolean;
  onListen(): void;
}

function KeyRow({ action, listening, onListen }: KeyRowProps) {
  const { rebound, bind } = useKeymap();
  const { id, title } = action;
  const keys = keysOf(id, rebound);
  const conflicts = conflictsOf(id, rebound);
  return (
    <li className="key-row" aria-label={title} data-conflict={conflicts.length > 0}>
      <span>{title}</span>
      <span className="keys">
        {keys.map((key) => (
          <button
            type="button"
            key={key}
            aria-label={`Take ${strokeText(key)} from ${title}`}
            onClick={() =>
              bind(
                id,
                keys.filter((one) => one !== key),
              )
            }
          >
            {strokeText(key)}
          </button>
        ))}
      </span>
      <span className="ways">
        <button
          type="button"
          className="quiet"
          data-listening={listening}
          aria-label={`Add a key to ${title}`}
          onClick={onListen}
        >
          {listening ? "Strike a key…" : "Add"}
        </button>
        {rebound[id] !== undefined && (
          <button
            type="button"
            className="quiet"
            aria-label={`First keys of ${title}`}
            onClick={() => bind(id, null)}
          >
            Reset
          </button>
        )}
      </span>
      {conflicts.length > 0 && (
        <span className="conflict" role="note">
          {conflictText(action, keys, conflicts)}
        </span>
      )}
    </li>
  );
}

function conflictText(
  action: Action,
  keys: readonly string[],
  conflicts: readonly Action[],
): string {
  const { rebound } = useKeymap.getState();
  const said = conflicts.map((other) => {
    const shared = keysOf(other.id, rebound).filter((key) => keys.includes(key));
    const winner = ACTIONS.indexOf(action) < ACTIONS.indexOf(other) ? "this one" : "that one";
    return `${shared.map(strokeText).join(", ")} is also “${other.title}”: ${winner} is done`;
  });
  return said.join("; ");
}
