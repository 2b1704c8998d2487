/** Which keys mean what: the keys of the actions, and what a person put in their place. Pure. */

import { ACTIONS, type Action, type ActionId, actionNamed } from "./actions";

/** Keys that a person gave to actions; of all others the first keys hold. */
export type Rebound = Readonly<Partial<Record<ActionId, readonly string[]>>>;

/** Belongs to the page, whatever else is bound: it closes and leaves. */
export const CLOSE = "Escape";

export function keysOf(id: ActionId, rebound: Rebound): readonly string[] {
  return rebound[id] ?? actionNamed(id)?.keys ?? [];
}

/** The action that a stroke means, the first of several; null where it means none. */
export function actionOf(stroke: string, rebound: Rebound, isReplay: boolean): Action | null {
  const means = (action: Action) => keysOf(action.id, rebound).includes(stroke);
  return ACTIONS.find((one) => means(one) && (isReplay || one.replay !== true)) ?? null;
}

/** Other actions with a key of this one's; only the first of them is reached by it. */
export function conflictsOf(id: ActionId, rebound: Rebound): Action[] {
  const mine = keysOf(id, rebound);
  return ACTIONS.filter(
    (other) => other.id !== id && keysOf(other.id, rebound).some((key) => mine.includes(key)),
  );
}

/** What was kept, of this version or another: what is no key of an action is left out. */
export function readRebound(kept: unknown): Rebound {
  const rebound: Partial<Record<ActionId, readonly string[]>> = {};
  if (typeof kept !== "object" || kept === null) return rebound;
  for (const [id, keys] of Object.entries(kept)) {
    const action = actionNamed(id);
    if (action === null || !Array.isArray(keys)) continue;
    rebound[action.id] = keys.filter((key) => typeof key === "string" && key !== CLOSE);
  }
  return rebound;
}
