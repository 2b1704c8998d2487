import { expect, it } from "vitest";
import { EventRing } from "../../src/book/eventRing";
import { EVENT_BYTES } from "../../src/book/wire";
import {
  heldEnd,
  indexOfRow,
  newestEvent,
  recordsOf,
  rowCount,
  rowOf,
} from "../../src/inspector/rows";

/** Records at these positions; those that are negative do not end their event. */
function ringOf(capacity: number, positions: readonly number[]): EventRing {
  const ring = new EventRing(capacity);
  const bytes = new Uint8Array(positions.length * EVENT_BYTES);
  const view = new DataView(bytes.buffer);
  positions.forEach((position, i) => {
    view.setBigUint64(i * EVENT_BYTES, BigInt(Math.abs(position)), true);
    view.setUint8(i * EVENT_BYTES + 8 + 36, position < 0 ? 0 : 128);
  });
  ring.push(bytes, positions.length);
  return ring;
}

it("the newest event is all records since the end of the one before", () => {
  expect(newestEvent(ringOf(8, [4, -5, -6, 9]))).toBe(3);
  expect(newestEvent(ringOf(8, [4, 5]))).toBe(1);
  // One that is not over yet.
  expect(newestEvent(ringOf(8, [4, -5]))).toBe(1);
  expect(newestEvent(ringOf(8, []))).toBe(0);
});

it("rows count from the newest, and a record is found again by its position", () => {
  const ring = ringOf(8, [4, 7, 9]);
  expect(rowCount(ring, ring.end)).toBe(3);
  expect(ring.positionAt(indexOfRow(ring.end, 0))).toBe(9);
  for (const position of [4, 7, 9]) {
    const row = rowOf(ring, ring.end, position);
    expect(ring.positionAt(indexOfRow(ring.end, row))).toBe(position);
  }
  expect(rowOf(ring, ring.end, 8)).toBe(-1);
});

it("a list that is held ends at the same record in whichever records are shown", () => {
  const ring = ringOf(8, [4, 7, 9]);
  expect(heldEnd(ring, null)).toBeNull();
  expect(heldEnd(ring, 7)).toBe(2);
  expect(heldEnd(ring, 9)).toBe(3);
  const fetched = recordsOf([ring.at(1), ring.at(2)]);
  expect(heldEnd(fetched, 7)).toBe(1);
  // Of another instrument's records between them.
  expect(heldEnd(fetched, 8)).toBe(1);
});

it("a list of which nothing is here any more is not held", () => {
  expect(heldEnd(ringOf(2, [4, 7, 9]), 4)).toBeNull();
  expect(heldEnd(ringOf(2, []), 4)).toBeNull();
});

it("what the ring has let go is in no row", () => {
  const ring = ringOf(2, [4, 7, 9]);
  expect(rowCount(ring, ring.end)).toBe(2);
  expect(rowOf(ring, ring.end, 4)).toBe(-1);
});
