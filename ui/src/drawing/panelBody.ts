/** What every panel that draws on canvases hears of its body: its size, and the key that follows the market. */

import { useMarket } from "../stores/market";

export interface BodyHandlers {
  onSize(size: { width: number; height: number }): void;
  /** The key was struck with the pointer over this body: it means this panel alone. */
  onToggleFollow(): void;
  /** It was struck elsewhere: it calls every panel back to the newest. */
  onFollow(): void;
}

/** Hear of a body until what is given is called. */
export function listenToBody(body: HTMLElement, handlers: BodyHandlers): () => void {
  let isHovered = false;
  const enter = () => {
    isHovered = true;
  };
  const leave = () => {
    isHovered = false;
  };
  body.addEventListener("pointerenter", enter);
  body.addEventListener("pointerleave", leave);
  const sizes = new ResizeObserver(([entry]) => {
    const { width, height } = entry?.contentRect ?? { width: 0, height: 0 };
    if (width > 0 && height > 0) handlers.onSize({ width, height });
  });
  sizes.observe(body);
  const stop = useMarket.subscribe((now, before) => {
    if (now.follows === before.follows) return;
    if (isHovered) handlers.onToggleFollow();
    else handlers.onFollow();
  });
  return () => {
    stop();
    sizes.disconnect();
    body.removeEventListener("pointerenter", enter);
    body.removeEventListener("pointerleave", leave);
  };
}
