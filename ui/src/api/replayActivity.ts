/** What happened when in a replayed tape: `GET /api/replay/activity` of docs/api.md, decoded. */

import { type Json, listAt, numberAt, numberOrNull, objectOf, textAt, timeAt } from "./fields";

export interface ActivityBucket {
  tsNs: bigint;
  records: number;
  volume: number;
}

/** A place on the tape that is worth a mark; so many records of any schema come before it. */
export interface TapePlace {
  tsNs: bigint;
  position: number;
}

export interface ReplayActivity {
  startNs: bigint;
  endNs: bigint;
  /** How much of the tape is in this, 0 to 1; null: it cannot be told. */
  indexed: number | null;
  buckets: ActivityBucket[];
  gaps: TapePlace[];
  crossings: TapePlace[];
  /** How many there are in all. */
  gapCount: number;
  crossingCount: number;
}

function placesAt(o: Json, field: string): TapePlace[] {
  return listAt(o, field).map((value) => {
    const place = objectOf(value, field);
    return { tsNs: timeAt(place, "ts_ns"), position: Number(textAt(place, "position")) };
  });
}

export function decodeActivity(value: unknown): ReplayActivity {
  const o = objectOf(value, "activity");
  return {
    startNs: timeAt(o, "start_ns"),
    endNs: timeAt(o, "end_ns"),
    indexed: numberOrNull(o, "indexed"),
    buckets: listAt(o, "buckets").map((item) => {
      const bucket = objectOf(item, "bucket");
      return {
        tsNs: timeAt(bucket, "ts_ns"),
        records: numberAt(bucket, "records"),
        volume: numberAt(bucket, "volume"),
      };
    }),
    gaps: placesAt(o, "gaps"),
    crossings: placesAt(o, "crossings"),
    gapCount: numberAt(o, "gap_count"),
    crossingCount: numberAt(o, "crossing_count"),
  };
}
