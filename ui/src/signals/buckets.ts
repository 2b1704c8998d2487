/** The stretches of time over which win rates are compared. Pure. */

const HOUR_NS = 3_600_000_000_000n;
const DAY_NS = 24n * HOUR_NS;
/** Longer than this, and days say more than hours. */
const HOURLY_UP_TO_NS = 3n * DAY_NS;
export const MOST_BUCKETS = 12;

export interface Bucket {
  /** First and last nanosecond. */
  fromNs: bigint;
  toNs: bigint;
  isDay: boolean;
}

/** The last hours, or days, that reach up to the newest signal: in UTC, oldest first. */
export function bucketsOf(oldestNs: bigint, newestNs: bigint): Bucket[] {
  const isDay = newestNs - oldestNs > HOURLY_UP_TO_NS;
  const size = isDay ? DAY_NS : HOUR_NS;
  const last = newestNs / size;
  const first = oldestNs / size;
  const from = last - first >= BigInt(MOST_BUCKETS) ? last - BigInt(MOST_BUCKETS) + 1n : first;
  const buckets: Bucket[] = [];
  for (let at = from; at <= last; at += 1n) {
    buckets.push({ fromNs: at * size, toNs: (at + 1n) * size - 1n, isDay });
  }
  return buckets;
}
