/** A pointer that went down and came up at about the same place: a click, where a drag is something else. */

const CLICK_PX = 4;

/** Listen on an element; the answer stops it. */
export function listenToClicks(
  element: HTMLElement,
  onClick: (x: number, y: number) => void,
): () => void {
  let down: { x: number; y: number } | null = null;
  const onDown = (event: PointerEvent) => {
    down = { x: event.clientX, y: event.clientY };
  };
  const onUp = (event: PointerEvent) => {
    if (down === null) return;
    const moved = Math.hypot(event.clientX - down.x, event.clientY - down.y);
    down = null;
    if (moved > CLICK_PX || event.button !== 0) return;
    const box = element.getBoundingClientRect();
    onClick(event.clientX - box.left, event.clientY - box.top);
  };
  element.addEventListener("pointerdown", onDown);
  element.addEventListener("pointerup", onUp);
  return () => {
    element.removeEventListener("pointerdown", onDown);
    element.removeEventListener("pointerup", onUp);
  };
}
