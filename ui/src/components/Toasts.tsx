import { useEffect } from "react";
import { type Toast, useAlerts } from "../stores/alerts";
import { showPanel } from "../stores/workspace";

const SHOWN_MS = 8_000;

/** What was told of last, in words, where it is over nothing else. */
export function Toasts() {
  const toasts = useAlerts((s) => s.toasts);
  const dismiss = useAlerts((s) => s.dismiss);
  const newest = toasts.at(-1);
  useEffect(() => {
    // Each by its own time: what is told meanwhile keeps none of the others longer.
    const timers = toasts.map(({ id, toldMs }) =>
      setTimeout(() => dismiss(id), toldMs + SHOWN_MS - performance.now()),
    );
    return () => timers.forEach(clearTimeout);
  }, [toasts, dismiss]);
  return (
    <div className="toasts" role="log" aria-label="Alerts">
      {newest !== undefined && (
        <button
          type="button"
          key={newest.id}
          className={`toast ${toneOf(newest)}`}
          title={toasts.map(({ text }) => text).join("\n")}
          data-alarm={newest.alarm}
          onClick={() => showPanel("signals")}
        >
          {newest.text}
        </button>
      )}
    </div>
  );
}

/** A flash around the page, with what was told of last. */
export function Flash() {
  const flashed = useAlerts((s) => s.flashed);
  const flashing = useAlerts((s) => s.toasts.find((toast) => toast.id === s.flashed));
  if (flashing === undefined) return null;
  // Made anew for each: it is its appearing that flashes.
  return <div key={flashed} className={`flash ${toneOf(flashing)}`} aria-hidden="true" />;
}

function toneOf({ direction }: Toast): string {
  if (direction === null) return "level";
  return direction === "bullish" ? "buy" : "sell";
}
