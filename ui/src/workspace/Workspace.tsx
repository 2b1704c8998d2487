import { lazy, Suspense, useSyncExternalStore } from "react";
import { OnePanel } from "./OnePanel";

// A phone shows one panel at a time, and never loads the dock.
const DockedPanels = lazy(() => import("./DockedPanels"));
const PHONE = window.matchMedia("(max-width: 820px)");

function watchWidth(changed: () => void): () => void {
  PHONE.addEventListener("change", changed);
  return () => PHONE.removeEventListener("change", changed);
}

export function Workspace() {
  const isPhone = useSyncExternalStore(watchWidth, () => PHONE.matches);
  if (isPhone) return <OnePanel />;
  return (
    <main className="workspace">
      <Suspense fallback={null}>
        <DockedPanels />
      </Suspense>
    </main>
  );
}
