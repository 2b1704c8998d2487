import { expect, it } from "vitest";
import { decodeActivity } from "../../src/api/replayActivity";
import { heights } from "../../src/chart/activityStrip";

const ANSWER = {
  start_ns: "1767623400000000000",
  end_ns: "1767623520000000000",
  indexed: 1,
  buckets: [
    { ts_ns: "1767623400000000000", records: 10, volume: 3 },
    { ts_ns: "1767623460000000000", records: 40, volume: 0 },
  ],
  gaps: [{ ts_ns: "1767623460000000001", position: "7" }],
  crossings: [],
  gap_count: 1,
  crossing_count: 0,
};

it("the activity of a tape keeps every digit of its times", () => {
  const activity = decodeActivity(ANSWER);
  expect(activity.buckets[1]).toEqual({ tsNs: 1767623460000000000n, records: 40, volume: 0 });
  expect(activity.gaps).toEqual([{ tsNs: 1767623460000000001n, position: 7 }]);
  expect(activity).toMatchObject({ indexed: 1, crossings: [], gapCount: 1, crossingCount: 0 });
});

it("an answer of another form is refused, saying which field", () => {
  expect(() => decodeActivity({ ...ANSWER, gaps: 3 })).toThrow("gaps");
  expect(() => decodeActivity({ ...ANSWER, start_ns: 5 })).toThrow("start_ns");
});

it("the strip gathers buckets into its columns, the busiest at full height", () => {
  expect(heights([1, 1, 4, 4, 4, 4], 3)).toEqual([0.5, 1, 1]);
  const columns = heights([...new Array(199).fill(4), 4_000_000], 200);
  expect([columns[0], columns[199]]).toEqual([1, 1]);
  expect(heights([0, 0], 2)).toEqual([0, 0]);
  expect(heights([4], 1)).toEqual([1]);
});
