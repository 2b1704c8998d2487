import { useEffect } from "react";
import { useKeymap } from "../stores/keymap";
import { useOverlay } from "../stores/overlay";
import { useSession } from "../stores/session";
import { carryOut, closeAll } from "./carryOut";
import { freeSelects } from "./freedSelects";
import { routeKey, type Stroke } from "./routing";

const REPEATS = /^(step|forward|back-|next|previous)/;

/** Carry out what keys mean, wherever on the page they are struck. */
export function useKeys(): void {
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    const stop = freeSelects(window);
    return () => {
      window.removeEventListener("keydown", onKey);
      stop();
    };
  }, []);
}

function onKey(event: KeyboardEvent): void {
  // Whoever takes a stroke for itself, as where a new key is given, says so.
  if (event.defaultPrevented || event.isComposing) return;
  const routed = routeKey(
    {
      key: event.key,
      code: event.code,
      shift: event.shiftKey,
      mod: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      focus: focusOf(document.activeElement),
      isReplay: useSession.getState().source?.replay != null,
      overlay: useOverlay.getState().open,
    },
    useKeymap.getState().rebound,
  );
  if (routed === null) return;
  if (routed.do === "close") {
    // The browser closes a dialog by itself; and a key that closes must not type.
    if (event.key !== "Escape") event.preventDefault();
    closeAll();
    return;
  }
  event.preventDefault();
  if (routed.do === "type") {
    useOverlay.getState().search(routed.letter, false);
    return;
  }
  // A button that keeps the focus unseen would be pressed by Space all the same.
  const focused = document.activeElement;
  if (event.key === " " && focused instanceof HTMLButtonElement) focused.blur();
  // A held key steps on and on, but opens, saves and toggles once.
  if (event.repeat && !REPEATS.test(routed.do)) return;
  carryOut(routed.do);
}

function focusOf(element: Element | null): Stroke["focus"] {
  if (element instanceof HTMLInputElement) {
    if (element.type === "range") return "slider";
    return element.type === "checkbox" ? "button" : "text";
  }
  if (element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) return "text";
  if (element instanceof HTMLButtonElement) {
    if (element.getAttribute("role") === "tab") return "tab";
    // A button that was clicked keeps the focus unseen: Space is then the page's.
    return element.matches(":focus-visible") ? "button" : "page";
  }
  return "page";
}
