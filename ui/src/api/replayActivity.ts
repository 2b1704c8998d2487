/** What happened when in a replayed tape: `GET /api/replay/activity` of docs/api.md, decoded. */

import { type Json, listAt, numberAt, numberOrNull, objectOf, timeAt } from "./fields";

export interface ActivityBucket {
  tsNs: bigint;
  records: number;
  volume: number;
}

/** A place on the tape that is worth a mark. */
export interface TapePlace {
  tsNs: bigint;
  position: number | null;
}

export interface ReplayActivity {
  startNs: bigint;
  endNs: bigint;
  buckets: ActivityBucket[];
  gaps: TapePlace[];
  crossings: TapePlace[];
}

function placesAt(o: Json, field: string): TapePlace[] {
  return listAt(o, field).map((value) => {
    const place = objectOf(value, field);
    return { tsNs: timeAt(place, "ts_ns"), position: numberOrNull(place, "position") };
  });
}

export function decodeActivity(value: unknown): ReplayActivity {
  const o = objectOf(value, "activity");
  return {
    startNs: timeAt(o, "start_ns"),
    endNs: timeAt(o, "end_ns"),
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
  };
}
