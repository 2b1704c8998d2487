import { useEffect } from "react";
import { ALARMS, type Toast, useAlerts } from "../stores/alerts";

const SHOWN_MS = 6_000;

/** What was told of last, in words, and a flash around the page. */
export function Toasts() {
  const toasts = useAlerts((s) => s.toasts);
  const flashed = useAlerts((s) => s.flashed);
  const flashing = toasts.find((toast) => toast.id === flashed);
  return (
    <>
      {flashing !== undefined && (
        // Made anew for each: it is its appearing that flashes.
        <div key={flashed} className={`flash ${toneOf(flashing)}`} aria-hidden="true" />
      )}
      <div className="toasts" role="log" aria-label="Alerts">
        {toasts.map((toast) => (
          <ToastLine key={toast.id} toast={toast} />
        ))}
      </div>
    </>
  );
}

function toneOf({ direction }: Toast): string {
  if (direction === null) return "level";
  return direction === "bullish" ? "buy" : "sell";
}

function ToastLine({ toast }: { toast: Toast }) {
  const dismiss = useAlerts((s) => s.dismiss);
  useEffect(() => {
    const timer = setTimeout(() => dismiss(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast.id, dismiss]);
  const known = ALARMS.includes(toast.alarm);
  return (
    <button
      type="button"
      className={`toast ${toneOf(toast)}`}
      title="Dismiss"
      data-alarm={known ? toast.alarm : ""}
      onClick={() => dismiss(toast.id)}
    >
      {toast.text}
    </button>
  );
}
