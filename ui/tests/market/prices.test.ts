import { describe, expect, it } from "vitest";
import { decimalsOf, formatPrice, UNDEFINED_PRICE } from "../../src/market/prices";

const price = (text: string) => BigInt(text.replace("_", ""));

describe("a price is printed by its instrument's tick", () => {
  it.each([
    [6650250000000n, 250000000n, "6650.25"],
    [6650000000000n, 250000000n, "6650.00"],
    [64830000000n, 10000000n, "64.83"],
    [-4500000000n, 50000000n, "-4.50"],
    [-50000000n, 50000000n, "-0.05"],
    [110015625000n, 15625000n, "110.015625"],
    [17n * 1000000000n, 1000000000n, "17"],
    [500n, 500n, "0.0000005"],
    [0n, 250000000n, "0.00"],
  ])("%s at tick %s is %s", (value, tick, text) => {
    expect(formatPrice(value, tick)).toBe(text);
  });

  it("keeps every digit beyond what a double holds", () => {
    expect(formatPrice(price("9123456789123456789"), 1n)).toBe("9123456789.123456789");
    expect(formatPrice(15_000_000_000_000_001n, 1_000_000_000n)).toBe("15000000.000000001");
  });

  it("does not round a price that is finer than the tick", () => {
    expect(formatPrice(6650125000000n, 250000000n)).toBe("6650.125");
  });

  it("prints two decimals where no tick is known, and a dash where there is no price", () => {
    expect(formatPrice(64830000000n, null)).toBe("64.83");
    expect(formatPrice(UNDEFINED_PRICE, null)).toBe("–");
    expect(formatPrice(null, null)).toBe("–");
  });
});

it("decimals come from the tick alone", () => {
  expect([1n, 10000000n, 250000000n, 1000000000n, 5000000000n].map(decimalsOf)).toEqual([
    9, 2, 2, 0, 0,
  ]);
});
