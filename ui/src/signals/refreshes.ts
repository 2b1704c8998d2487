import { useCallback, useEffect, useState } from "react";
import { liveSignals } from "../stores/signals";

/** As signals come and resolve, and now and then for what others have written. */
const LOOK_MS = 4_000;
const REFRESH_MS = 30_000;

/** A number that grows when it is time to ask the server again, and what makes it grow at once. */
export function useRefreshes(): [number, () => void] {
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((now) => now + 1), []);
  useEffect(() => {
    let { version } = liveSignals;
    let atMs = performance.now();
    const timer = setInterval(() => {
      if (liveSignals.version === version && performance.now() - atMs < REFRESH_MS) return;
      version = liveSignals.version;
      atMs = performance.now();
      refresh();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  return [asked, refresh];
}
