/** The speeds of a replay that a person can choose; null is as fast as possible. */
export const SPEEDS: readonly (number | null)[] = [0.5, 1, 2, 5, 10, 50, 100, null];

/** The next speed of the ladder; null is as fast as possible. */
export function nextSpeed(speed: number | null, direction: 1 | -1): number | null {
  const value = speed ?? Number.POSITIVE_INFINITY;
  const ladder = SPEEDS.map((s) => s ?? Number.POSITIVE_INFINITY);
  const further =
    direction === 1 ? ladder.find((s) => s > value) : ladder.filter((s) => s < value).at(-1);
  const next = further ?? value;
  return Number.isFinite(next) ? next : null;
}
