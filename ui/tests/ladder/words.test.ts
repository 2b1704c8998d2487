import { describe, expect, it } from "vitest";
import { briefSize, priceText, shortSize } from "../../src/ladder/scene";
import { ageText, nth } from "../../src/ladder/words";

describe("figures", () => {
  it("are whole where they fit, and keep their weight where they do not", () => {
    expect([0, 9_999, 10_000, 123_456, 1_234_567, 2e9].map(shortSize)).toEqual([
      "0",
      "9999",
      "10.0k",
      "123k",
      "1.2M",
      "2G",
    ]);
    expect([999, 1_000, 12_345, 3_400_000].map(briefSize)).toEqual(["999", "1k", "12k", "3M"]);
  });

  it("of prices have the decimals of their tick", () => {
    expect(priceText(6_649_750_000_000, 250_000_000)).toBe("6649.75");
    expect(priceText(-37_630_000_000, 10_000_000)).toBe("-37.63");
    expect(priceText(64_800_000_000, 10_000_000)).toBe("64.80");
  });
});

describe("words", () => {
  it("count places as one says them", () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 113, 1_001].map(nth)).toEqual([
      "1st",
      "2nd",
      "3rd",
      "4th",
      "11th",
      "12th",
      "13th",
      "21st",
      "102nd",
      "113th",
      "1,001st",
    ]);
  });

  it("tell an age as finely as it matters", () => {
    expect(
      [-5n, 900n, 450_000n, 12_000_000n, 1_340_000_000n, 245_000_000_000n].map(ageText),
    ).toEqual(["0 ms", "0 µs", "450 µs", "12 ms", "1.3 s", "4:05"]);
  });
});
