/** What a chart looks at, and how: all that its pictures are made from. */

import type { View } from "../heatmap/view";
import type { Writing } from "./draw/axes";
import type { FlowPalette } from "./draw/palette";
import type { FlowState } from "./flowState";
import type { FlowFrame } from "./scene/frame";
import { type BarPlaces, TimeAxis } from "./scene/timeAxis";
import type { ShownSettings, Wiped } from "./settings";

export interface Sight {
  state: FlowState;
  view: View;
  frame: FlowFrame;
  /** Of bars that are not of time; null: time itself. */
  places: BarPlaces | null;
  settings: ShownSettings;
  wiped: Wiped;
  palette: FlowPalette;
  writing: Writing;
  /** Whether a hand moves the chart. */
  isInHand: boolean;
  /** How much is drawn beyond each edge, as a share of what is seen. */
  beyond: number;
}

/** The axis of time that is seen. */
export function axisSeen({ view, frame, places }: Sight): TimeAxis {
  return new TimeAxis(view, frame.plot.width, places);
}
