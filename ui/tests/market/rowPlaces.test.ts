import { expect, it } from "vitest";
import { placed, SPARE_ROWS } from "../../src/market/rowPlaces";

const NONE = { first: null, newest: 0 };
/** Rows that stand for themselves, the newest first. */
const rows = (...names: number[]) => names;

it("leaves a row where it is when others come on top", () => {
  const before = placed(NONE, rows(3, 2, 1), 20);
  const after = placed(before, rows(5, 4, 3, 2, 1), 20);
  expect(after.newest - before.newest).toBe(2);
  // Row 3 was the first and is the third: its number is the same.
  expect(after.newest - 2).toBe(before.newest - 0);
});

it("changes nothing where nothing came", () => {
  const before = placed(NONE, rows(3, 2, 1), 20);
  expect(placed(before, rows(3, 2, 1), 20)).toBe(before);
});

it("places all anew where none of those in sight is left", () => {
  const before = { first: 3, newest: 40 };
  expect(placed(before, rows(90, 89, 88), 20)).toEqual({ first: 90, newest: 0 });
  expect(placed(before, rows(9, 8, 7, 6, 5, 4, 3), 2)).toEqual({ first: 9, newest: 0 });
});

it("places all anew once the strip has no room", () => {
  const full = { first: 3, newest: SPARE_ROWS };
  expect(placed(full, rows(4, 3, 2), 20)).toEqual({ first: 4, newest: 0 });
});

it("keeps an empty list empty, and begins with what comes first", () => {
  expect(placed(NONE, [], 20)).toEqual(NONE);
  expect(placed({ first: 3, newest: 7 }, [], 20)).toEqual(NONE);
  expect(placed(NONE, rows(1), 20)).toEqual({ first: 1, newest: 0 });
});
