/** Every panel of the page: one line each. The dock of a desktop and the tabs of a phone read this. */

import type { ComponentType } from "react";
import { BookTreePanel } from "../components/BookTreePanel";
import { ChartPanel } from "../components/ChartPanel";
import { HistoryPanel } from "../components/HistoryPanel";
import { InspectorPanel } from "../components/InspectorPanel";
import { LadderPanel } from "../components/LadderPanel";
import { TapePanel } from "../components/TapePanel";
import { HeatmapPanel } from "../heatmap/HeatmapPanel";

/** Where a panel stands until a person moves it: panels of one place are tabs of one group. */
export type Place = "main" | "below" | "middle" | "right" | "corner";

export interface PanelKind {
  id: string;
  title: string;
  place: Place;
  /** A hidden panel runs no effects and is not drawn: it keeps its state, and starts anew when shown. */
  Panel: ComponentType;
  /** Open only while the page has something to show in it; never part of a saved layout. */
  onDemand?: boolean;
}

export const PANELS: readonly PanelKind[] = [
  { id: "chart", title: "Chart", place: "main", Panel: ChartPanel },
  { id: "heatmap", title: "Heatmap", place: "below", Panel: HeatmapPanel },
  { id: "book", title: "Book", place: "middle", Panel: LadderPanel },
  { id: "orders", title: "Orders", place: "middle", Panel: BookTreePanel },
  { id: "tape", title: "Tape", place: "right", Panel: TapePanel },
  { id: "inspector", title: "Inspector", place: "corner", Panel: InspectorPanel },
  { id: "history", title: "History", place: "below", Panel: HistoryPanel, onDemand: true },
];

export function panelNamed(id: string): PanelKind | null {
  return PANELS.find((panel) => panel.id === id) ?? null;
}

/** The panels that a person can open and close. */
export const LASTING: readonly PanelKind[] = PANELS.filter((panel) => panel.onDemand !== true);
