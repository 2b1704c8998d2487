/** Every panel of the page: one line each. The dock of a desktop and the tabs of a phone read this. */

import type { ComponentType } from "react";
import { BookTreePanel } from "../components/BookTreePanel";
import { ChartPanel } from "../components/ChartPanel";
import { HistoryPanel } from "../components/HistoryPanel";
import { InspectorPanel } from "../components/InspectorPanel";
import { LadderPanel } from "../components/LadderPanel";
import { TapePanel } from "../components/TapePanel";
import { FlowPanel } from "../flow/FlowPanel";
import { HeatmapPanel } from "../heatmap/HeatmapPanel";
import { SignalHistoryPanel } from "../signals/SignalHistoryPanel";
import { SignalsPanel } from "../signals/SignalsPanel";
import { readPanelId } from "../stores/pins";

/** Where a panel stands until a person moves it: panels of one place are tabs of one group. */
export type Place = "main" | "beside" | "besideBelow" | "below" | "middle" | "right" | "corner";

export interface PanelKind {
  id: string;
  title: string;
  place: Place;
  /** A hidden panel runs no effects and is not drawn: it keeps its state, and starts anew when shown. */
  Panel: ComponentType;
  /** Where the same panel of another symbol stands; absent: there is none. */
  pinned?: Place;
  /** Open only while the page has something to show in it; never part of a saved layout. */
  onDemand?: boolean;
}

export const PANELS: readonly PanelKind[] = [
  { id: "chart", title: "Chart", place: "main", Panel: ChartPanel, pinned: "beside" },
  { id: "flow", title: "Flow", place: "main", Panel: FlowPanel, pinned: "beside" },
  { id: "heatmap", title: "Heatmap", place: "below", Panel: HeatmapPanel },
  { id: "book", title: "Book", place: "middle", Panel: LadderPanel, pinned: "besideBelow" },
  { id: "orders", title: "Orders", place: "middle", Panel: BookTreePanel },
  { id: "tape", title: "Tape", place: "right", Panel: TapePanel, pinned: "besideBelow" },
  { id: "inspector", title: "Inspector", place: "corner", Panel: InspectorPanel },
  { id: "signals", title: "Signals", place: "corner", Panel: SignalsPanel },
  { id: "signal-history", title: "Signal history", place: "below", Panel: SignalHistoryPanel },
  { id: "history", title: "History", place: "below", Panel: HistoryPanel, onDemand: true },
];

/** What has nothing to show where a source has trades only stands behind the rest, and signals get its room. */
const OF_TRADES: readonly [string, Place][] = [
  ["flow", "main"],
  ["chart", "main"],
  ["signal-history", "below"],
  ["heatmap", "below"],
  ["signals", "middle"],
  ["book", "middle"],
  ["orders", "middle"],
  ["inspector", "middle"],
  ["tape", "right"],
];

/** The panels as a first layout has them, those of a place from front to back. */
export function arranged(depth: string): PanelKind[] {
  if (depth !== "trades") return [...LASTING];
  return OF_TRADES.flatMap(([id, place]) => {
    const panel = LASTING.find((one) => one.id === id);
    return panel === undefined ? [] : [{ ...panel, place }];
  });
}

/** The panel of an id: one of those above, or one of them held to a symbol, `chart@NQZ5`. */
export function panelNamed(id: string): PanelKind | null {
  const { kind, symbol } = readPanelId(id);
  const found = PANELS.find((panel) => panel.id === kind) ?? null;
  if (found === null || symbol === null) return found;
  if (found.pinned === undefined || symbol === "") return null;
  return { ...found, id, title: `${found.title} ${symbol}`, place: found.pinned };
}

/** The panels that a person can open and close. */
export const LASTING: readonly PanelKind[] = PANELS.filter((panel) => panel.onDemand !== true);
