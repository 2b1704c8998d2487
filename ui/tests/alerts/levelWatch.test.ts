import { expect, it } from "vitest";
import { LevelWatch } from "../../src/alerts/levelWatch";

const LEVELS = [{ name: "pdh", price: 100 }];

/** Which of these prices, one after the other, are told to be near. */
function told(prices: readonly number[], distance = 2): number[] {
  const watch = new LevelWatch();
  return prices.filter((price) => watch.take(price, LEVELS, distance).length > 0);
}

it("coming near is told once, at the distance that is set", () => {
  expect(told([90, 97, 98, 99, 100, 98.5])).toEqual([98]);
  expect(told([90, 97, 98], 5)).toEqual([97]);
});

it("is told again only after the price has gone away", () => {
  expect(told([90, 99, 97, 99])).toEqual([99]);
  expect(told([90, 99, 95, 99.5])).toEqual([99, 99.5]);
});

it("a price that jumps through a level was near it", () => {
  expect(told([90, 110])).toEqual([110]);
});

it("where the price stands at first is no approach", () => {
  expect(told([99, 100, 101])).toEqual([]);
});

it("a level that moves is the same level", () => {
  const watch = new LevelWatch();
  watch.take(90, [{ name: "vwap", price: 95 }], 2);
  expect(watch.take(91, [{ name: "vwap", price: 93 }], 2)).toEqual([{ name: "vwap", price: 93 }]);
  expect(watch.take(91, [{ name: "vwap", price: 92.5 }], 2)).toEqual([]);
});

it("after a seek nothing came near on the way", () => {
  const watch = new LevelWatch();
  watch.take(90, LEVELS, 2);
  watch.reset();
  expect(watch.take(110, LEVELS, 2)).toEqual([]);
});
