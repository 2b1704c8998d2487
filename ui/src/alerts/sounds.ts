/** What each alert sounds like: notes by time. After the tones that traders of the reference system know. */

import type { Direction } from "../flow/wire";
import type { Alarm } from "../stores/alerts";

export interface Note {
  /** Seconds from now. */
  at: number;
  seconds: number;
  hz: number;
  wave: OscillatorType;
}

function run(hz: readonly number[], wave: OscillatorType, seconds: number, every: number): Note[] {
  return hz.map((one, i) => ({ at: i * every, seconds, hz: one, wave }));
}

/** The notes of an alert; what is bearish is lower, or falls. */
export function notesOf(alarm: Alarm, direction: Direction | null): Note[] {
  const up = direction !== "bearish";
  switch (alarm) {
    case "delta_flip":
      return run([up ? 800 : 400], "sine", 0.3, 0);
    case "delta_reversal":
      return run(up ? [500, 750] : [750, 500], "sine", 0.12, 0.13);
    case "absorption":
      return run(up ? [600, 700] : [350, 300], "triangle", 0.15, 0.18);
    case "stacked_imbalance":
      return run(up ? [500, 600, 700] : [400, 350, 300], "square", 0.08, 0.12);
    case "divergence":
      return run(up ? [440, 550, 660] : [660, 550, 440], "sine", 0.1, 0.1);
    case "iceberg":
      return run(up ? [900, 900] : [450, 450], "triangle", 0.06, 0.1);
    case "sweep":
      return run(up ? [500, 1_000] : [1_000, 500], "sawtooth", 0.07, 0.07);
    case "confluence": {
      const root = up ? 400 : 300;
      return run([root, root * 1.25, root * 1.5], "sine", 0.5, 0);
    }
    case "level":
      return run([880, 880, 880], "sine", 0.05, 0.09);
  }
}
