/** The dock's layout: how it begins, and how it is kept in the browser. */

import type { DockviewApi, SerializedDockview } from "dockview-react";
import { arranged, LASTING, type PanelKind, type Place, panelNamed } from "./panels";

/** One component renders every panel, so that a layout of another version can always be read. */
export const COMPONENT = "panel";

const KEPT = "ticktape.workspace";
const VERSION = 1;

interface Kept {
  version: number;
  /** The panels there were: one that is not among them is new, and is opened. */
  known: string[];
  layout: SerializedDockview;
}

interface Beside {
  place: Place;
  direction: "left" | "right" | "below";
}

// Where the first panel of a place goes, and how many pixels wide.
const PLACES: Record<Place, { beside: Beside | null; width?: number }> = {
  main: { beside: null },
  // A column of its own, between the chart's and the ladder's.
  beside: { beside: { place: "middle", direction: "left" } },
  besideBelow: { beside: { place: "beside", direction: "below" } },
  // As wide as a ladder with all its columns.
  middle: { beside: { place: "main", direction: "right" }, width: 570 },
  right: { beside: { place: "middle", direction: "right" }, width: 290 },
  below: { beside: { place: "main", direction: "below" } },
  corner: { beside: { place: "right", direction: "below" } },
};
const ORDER = Object.keys(PLACES);
/** The same where signals stand there. */
const SIGNALS_PX = 400;
const NARROW_PX = 1_360;
// All the columns fit still, beside prices of eight characters.
const NARROWER = 0.9;
const LEAST_PX = 160;

type PlaceOf = (id: string) => Place | undefined;

/** Where a panel stands that nobody has moved. */
const usualPlace: PlaceOf = (id) => panelNamed(id)?.place;

function groupAt(api: DockviewApi, place: Place, placeOf = usualPlace) {
  return api.panels.find((panel) => placeOf(panel.id) === place)?.group;
}

/** Open a panel at its place: a tab where that place is taken, else a group of its own. */
export function openPanel(
  api: DockviewApi,
  panel: PanelKind,
  inactive = false,
  placeOf = usualPlace,
): void {
  const { id, title, place } = panel;
  const base = { id, title, component: COMPONENT, inactive, minimumWidth: LEAST_PX };
  const there = groupAt(api, place, placeOf);
  if (there !== undefined) {
    api.addPanel({ ...base, position: { referenceGroup: there, direction: "within" } });
    return;
  }
  const { beside } = PLACES[place];
  const neighbour = beside === null ? undefined : groupAt(api, beside.place, placeOf);
  if (beside !== null && neighbour !== undefined) {
    const position = { referenceGroup: neighbour, direction: beside.direction };
    api.addPanel({ ...base, position });
  } else if (api.totalPanels === 0) api.addPanel(base);
  else api.addPanel({ ...base, position: { direction: beside?.direction ?? "left" } });
}

/** Give the columns their widths; the last one takes what the others leave. */
function setWidths(api: DockviewApi, middleWidth: number, placeOf: PlaceOf): void {
  const widthOf = (place: Place, width: number) =>
    groupAt(api, place, placeOf) === undefined ? 0 : width;
  const right = widthOf("right", PLACES.right.width ?? 0);
  const middle = widthOf("middle", middleWidth) * (api.width < NARROW_PX ? NARROWER : 1);
  groupAt(api, "main", placeOf)?.api.setSize({ width: api.width - middle - right });
  if (right > 0) groupAt(api, "middle", placeOf)?.api.setSize({ width: middle });
}

// With a second symbol beside: the share of the ladder.
const LADDER_SHARE = 0.23;

/** Give two symbols as much room each as the other panels leave. */
export function shareWidth(api: DockviewApi): void {
  const middle = groupAt(api, "middle") === undefined ? 0 : LADDER_SHARE * api.width;
  const right = groupAt(api, "right") === undefined ? 0 : (PLACES.right.width ?? 0);
  const each = (api.width - middle - right) / 2;
  groupAt(api, "main")?.api.setSize({ width: each });
  groupAt(api, "beside")?.api.setSize({ width: each });
  if (right > 0) groupAt(api, "middle")?.api.setSize({ width: middle });
}

/** Lay every panel at its place, as suits a source of such depth; of each place the first is in front. */
export function layOut(api: DockviewApi, depth: string): void {
  api.clear();
  const inOrder = arranged(depth).sort((a, b) => ORDER.indexOf(a.place) - ORDER.indexOf(b.place));
  const places = new Map(inOrder.map(({ id, place }) => [id, place]));
  const placeOf: PlaceOf = (id) => places.get(id);
  for (const panel of inOrder) {
    openPanel(api, panel, groupAt(api, panel.place, placeOf) !== undefined, placeOf);
  }
  setWidths(api, depth === "trades" ? SIGNALS_PX : (PLACES.middle.width ?? 0), placeOf);
  api.getPanel(inOrder[0]?.id ?? "")?.api.setActive();
}

/** Lay the panels out as they were left; false where nothing usable was kept. */
export function restore(api: DockviewApi, kept: string | null): boolean {
  if (kept === null) return false;
  try {
    const { version, known, layout }: Kept = JSON.parse(kept);
    if (version !== VERSION) return false;
    api.fromJSON(layout);
    for (const panel of [...api.panels]) {
      const kind = panelNamed(panel.id);
      if (kind === null || kind.onDemand === true) api.removePanel(panel);
    }
    for (const panel of LASTING) {
      if (!known.includes(panel.id)) openPanel(api, panel, true);
    }
  } catch {
    // What another version, or a person, left there may be anything.
    return false;
  }
  return api.totalPanels > 0;
}

export function kept(): string | null {
  return localStorage.getItem(KEPT);
}

export function keep(api: DockviewApi): void {
  const layout = api.toJSON();
  const written: Kept = { version: VERSION, known: LASTING.map(({ id }) => id), layout };
  localStorage.setItem(KEPT, JSON.stringify(written));
}
