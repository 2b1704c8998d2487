/** Round places for the lines and labels of the axes. */

const STEPS_MS = [
  10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000,
];
const TICK_STEPS = [1, 2, 4, 5, 10, 20, 40, 50, 100, 200, 400, 500, 1_000, 2_000, 5_000, 10_000];

/** The smallest step whose places are at least `leastPx` apart. */
function step(steps: readonly number[], perPx: number, leastPx: number): number {
  const found = steps.find((s) => s / perPx >= leastPx);
  return found ?? steps[steps.length - 1] ?? 1;
}

export function timeStep(msPerPx: number, leastPx = 90): number {
  return step(STEPS_MS, msPerPx, leastPx);
}

export function tickStep(ticksPerPx: number, leastPx = 28): number {
  return step(TICK_STEPS, ticksPerPx, leastPx);
}

/** Multiples of a step from `low` to `high`. */
export function placesBetween(low: number, high: number, every: number): number[] {
  const places: number[] = [];
  for (let at = Math.ceil(low / every) * every; at <= high; at += every) places.push(at);
  return places;
}
