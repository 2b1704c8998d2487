/**
 * A list of choices that was opened by hand gives the focus back once something was chosen in it: else the next letter,
 * meant for the page, chooses again. Who reaches it by keys keeps it, and steps on.
 */

/** Free the lists of a window until what is given is called. */
export function freeSelects(page: Window): () => void {
  let opened: EventTarget | null = null;
  const onPointer = ({ target }: Event) => {
    opened = target;
  };
  const onKey = () => {
    opened = null;
  };
  const onChange = ({ target }: Event) => {
    if (target === opened && target instanceof HTMLSelectElement) target.blur();
  };
  // Before anyone who keeps what happens to himself.
  page.addEventListener("pointerdown", onPointer, { capture: true, passive: true });
  page.addEventListener("keydown", onKey, { capture: true });
  page.addEventListener("change", onChange);
  return () => {
    page.removeEventListener("pointerdown", onPointer, { capture: true });
    page.removeEventListener("keydown", onKey, { capture: true });
    page.removeEventListener("change", onChange);
  };
}
