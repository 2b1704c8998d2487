import { type ReactNode, useEffect, useRef, useState } from "react";
import { useOverlay } from "../stores/overlay";
import { AlertSettings } from "./AlertSettings";
import { KeySettings } from "./KeySettings";
import { PageSettings } from "./PageSettings";
import { StudySettings } from "./StudySettings";
import { useSync } from "./sync";

const TABS: readonly { name: string; Body: () => ReactNode }[] = [
  { name: "Page", Body: PageSettings },
  { name: "Alerts", Body: AlertSettings },
  { name: "Studies", Body: StudySettings },
  { name: "Keys", Body: KeySettings },
];

/** What a person can set; every change holds at once. */
export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const [shown, setShown] = useState(() => useOverlay.getState().part);
  const place = useSync((s) => s.place);
  useEffect(() => {
    box.current?.showModal();
    box.current?.focus();
  }, []);
  return (
    <dialog
      className="settings"
      tabIndex={-1}
      ref={box}
      aria-label="Settings"
      onClose={onClose}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className="panel-head">
        <h2>Settings</h2>
        <span className="spring" />
        <button type="button" className="quiet" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </div>
      <div className="settings-tabs" role="tablist" aria-label="Settings">
        {TABS.map(({ name }) => (
          <button
            type="button"
            role="tab"
            key={name}
            aria-selected={name === shown}
            onClick={() => setShown(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div className="settings-body" role="tabpanel" aria-label={shown}>
        {TABS.map(({ name, Body }) => name === shown && <Body key={name} />)}
      </div>
      <p className="settings-foot" role="status" aria-label="Kept">
        {place === "server"
          ? "Kept on the server and in this browser."
          : "Kept in this browser: the server does not keep settings now."}
      </p>
    </dialog>
  );
}
