/** What a stroke does, by where the focus is and what is open. Pure. */

import type { ActionId } from "./actions";
import { actionOf, CLOSE, type Rebound } from "./keymap";
import { type Struck, strokeOf } from "./strokes";

export interface Stroke extends Struck {
  /** What has the focus. */
  focus: "page" | "text" | "button" | "slider" | "tab";
  isReplay: boolean;
  /** What lies over the page. */
  overlay: "help" | "settings" | "palette" | "symbols" | null;
}

export type Routed =
  | { do: ActionId }
  | { do: "close" }
  /** A letter that is bound to nothing, or with Shift is not: the first of a symbol. */
  | { do: "type"; letter: string };

const ARROWS = /^(Shift\+)?(Arrow\w+|Home|End|PageUp|PageDown)$/;

export function routeKey(struck: Stroke, rebound: Rebound): Routed | null {
  const stroke = strokeOf(struck);
  if (stroke === null) return null;
  if (stroke === CLOSE) return { do: "close" };
  const { focus, overlay } = struck;
  const isFree = struck.mod || struck.alt;
  if (focus === "text" && !isFree) return null;
  const action = actionOf(stroke, rebound, struck.isReplay);
  if (overlay !== null) {
    // Under what is open nothing else happens; its own key closes it.
    return action?.id === overlay ? { do: "close" } : null;
  }
  if (stroke === "Space" && focus !== "page") return null;
  if (ARROWS.test(stroke) && (focus === "slider" || focus === "tab")) return null;
  if (action !== null) return { do: action.id };
  const letter = /^(?:Shift\+)?([A-Z])$/.exec(stroke)?.[1];
  return letter === undefined || isFree ? null : { do: "type", letter };
}
