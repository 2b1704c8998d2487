/** Names at the right edge: of the levels, and of the zones that are worth one. */

import { shortNumber } from "./bars";
import { type LevelLine, placeLabels } from "./levels";
import type { ZoneShape } from "./zones";

export interface Name {
  text: string;
  /** The price that it names. */
  y: number;
  /** Where it stands: not on another. */
  labelY: number;
  of: { level: LevelLine } | { zone: ZoneShape };
}

/** Where there are more than fit, zones go without first. */
export function namesScene(
  levels: readonly LevelLine[],
  zones: readonly ZoneShape[],
  height: number,
): Name[] {
  const wanted: Omit<Name, "labelY">[] = [
    ...levels.map((level) => ({ text: level.name, y: level.y, of: { level } })),
    ...zones
      .filter(({ isNamed, y }) => isNamed && y >= 0 && y <= height)
      .map((zone) => ({
        text: `ABS ${shortNumber(zone.zone.totalAbsorbed)}`,
        y: zone.y,
        of: { zone },
      })),
  ];
  const places = placeLabels(
    wanted.map(({ y }) => y),
    height,
  );
  return wanted.flatMap((name, at) => {
    const labelY = places[at];
    return labelY == null ? [] : [{ ...name, labelY }];
  });
}
