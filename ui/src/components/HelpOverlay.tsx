import { useEffect, useRef } from "react";
import { KEY_MAP } from "../keys/keys";
import { useSession } from "../stores/session";

export function HelpOverlay({ onClose }: { onClose: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const version = useSession((s) => s.source?.version);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog className="help" ref={box} aria-label="Keys" onClose={onClose}>
      <div className="panel-head">
        <h2>Keys</h2>
        <span className="spring" />
        <button type="button" className="quiet" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </div>
      <div className="help-groups">
        {KEY_MAP.map(({ group, keys }) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
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
