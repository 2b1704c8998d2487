/** What stands beside the prices and does not move with time: the profile, the names of levels, the axis of prices. */

import { type View, yOf } from "../../heatmap/view";
import type { FlowState } from "../flowState";
import type { FlowSettings } from "../settings";
import type { CvdScale } from "./cvd";
import type { FlowFrame } from "./frame";
import { levelLines, levelsOf } from "./levels";
import { type Name, namesScene } from "./names";
import { type ProfileScene, profileScene, profileShown } from "./profile";
import type { TimeAxis } from "./timeAxis";
import { zonesScene } from "./zones";

export interface EdgeScene {
  frame: FlowFrame;
  view: View;
  profile: ProfileScene | null;
  names: Name[];
  /** The last price, and its height. */
  last: { tick: number; y: number } | null;
  cvd: CvdScale | null;
}

export function edgeScene(
  state: FlowState,
  axis: TimeAxis,
  frame: FlowFrame,
  settings: FlowSettings,
  cvd: CvdScale | null,
): EdgeScene {
  const { view } = axis;
  const { plot } = frame;
  const profile = profileShown(state, settings.profile);
  const told = settings.levels ? state.levels : [];
  const levels = levelLines(levelsOf({ levels: told, tick: state.tick }, profile), view, plot);
  const zones = settings.zones ? zonesScene(state, axis, plot) : [];
  const { lastTick } = state;
  return {
    frame,
    view,
    profile: profile === null ? null : profileScene(profile, view, plot),
    names: namesScene(levels, zones, plot.height),
    last: lastTick === null ? null : { tick: lastTick, y: yOf(view, lastTick) },
    cvd,
  };
}
