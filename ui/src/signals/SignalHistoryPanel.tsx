import { lazy, Suspense } from "react";

// Looked at now and then: the page does not wait for it.
const SignalHistory = lazy(() => import("./SignalHistory"));

export function SignalHistoryPanel() {
  return (
    <Suspense fallback={<section className="panel" aria-label="Signal history" />}>
      <SignalHistory />
    </Suspense>
  );
}
