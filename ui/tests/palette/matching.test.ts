import { expect, it } from "vitest";
import { bestMatches, matchOf } from "../../src/palette/matching";

const NAMES = ["Previous panel", "Next panel", "Next trade", "Clear bubbles", "Mute or unmute"];

function found(typed: string): string[] {
  return bestMatches(NAMES, (name) => name, typed, 10);
}

it("what begins so comes before what has it somewhere", () => {
  expect(found("ne")).toEqual(["Next panel", "Next trade", "Previous panel", "Mute or unmute"]);
  expect(found("pan")).toEqual(["Previous panel", "Next panel"]);
  expect(found("trade")).toEqual(["Next trade"]);
});

it("letters apart are enough, in their order", () => {
  expect(found("clbub")).toEqual(["Clear bubbles"]);
  expect(matchOf("Clear bubbles", "bc")).toBeNull();
});

it("words in any order are found", () => {
  expect(found("panel next")).toEqual(["Next panel"]);
});

it("nothing typed is everything, in its own order", () => {
  expect(found("")).toEqual(NAMES);
  expect(bestMatches(NAMES, (name) => name, "", 2)).toEqual(NAMES.slice(0, 2));
});
