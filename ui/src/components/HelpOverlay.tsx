import { useEffect, useRef } from "react";
import { ACTIONS, type Action, GROUPS } from "../keys/actions";
import { keysOf } from "../keys/keymap";
import { strokeText } from "../keys/strokes";
import { useKeymap } from "../stores/keymap";
import { useOverlay } from "../stores/overlay";
import { useSession } from "../stores/session";

/** What the page does by itself, whatever is bound. */
const FIXED: Partial<Record<Action["group"], readonly [string, string][]>> = {
  Market: [["a letter", "Search of a symbol; a letter that means something below: with Shift"]],
  Page: [["Esc", "Close, and give the keys back to the page"]],
};

export function HelpOverlay({ onClose }: { onClose: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const version = useSession((s) => s.source?.version);
  const rebound = useKeymap((s) => s.rebound);
  useEffect(() => {
    box.current?.showModal();
    // Nothing in it is meant more than the rest.
    box.current?.focus();
  }, []);
  return (
    <dialog className="help" ref={box} tabIndex={-1} aria-label="Keys" onClose={onClose}>
      <div className="panel-head">
        <h2>Keys</h2>
        <span className="spring" />
        <button type="button" onClick={() => useOverlay.getState().show("settings", "Keys")}>
          Change keys
        </button>
        <button type="button" className="quiet" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </div>
      <div className="help-groups">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {FIXED[group]?.map(([key, what]) => (
                <KeyLine key={key} keys={[key]} what={what} />
              ))}
              {ACTIONS.filter((one) => one.group === group)
                .filter(({ id }) => keysOf(id, rebound).length > 0)
                .map(({ id, title }) => (
                  <KeyLine key={id} keys={keysOf(id, rebound).map(strokeText)} what={title} />
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="credit">
        ticktape {version}. Charts by{" "}
        <a href="https://www.tradingview.com/" rel="noreferrer" target="_blank">
          TradingView Lightweight Charts™
        </a>
        .
      </p>
    </dialog>
  );
}

function KeyLine({ keys, what }: { keys: readonly string[]; what: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{what}</dd>
    </div>
  );
}
