import { describe, expect, it } from "vitest";
import { cutoffsOf, SizeHistogram } from "../../src/heatmap/cutoffs";
import { ColumnRing, lapOf, slotOf } from "../../src/heatmap/ring";
import { column } from "./columns";

describe("the ring of columns", () => {
  it("gives each column one place, also before the epoch of the card", () => {
    expect(slotOf(5, 4)).toBe(1);
    expect(slotOf(-1, 4)).toBe(3);
    expect(lapOf(-1, 4)).toBe(-1);
    expect(lapOf(7, 4)).toBe(1);
    for (const index of [-9, -4, 0, 3, 17_587_422_001]) {
      expect(lapOf(index, 4) * 4 + slotOf(index, 4)).toBe(index);
    }
  });

  it("tells a column from another one of its place", () => {
    const ring = new ColumnRing(100, 4);
    ring.put(column(1));
    expect(ring.get(1)?.index).toBe(1);
    ring.put(column(5));
    expect(ring.get(1)).toBeNull();
    expect(ring.get(5)?.index).toBe(5);
  });

  it("keeps nothing older than it is long", () => {
    const ring = new ColumnRing(100, 4);
    ring.put(column(10));
    expect(ring.put(column(6))).toBe(false);
    expect(ring.put(column(7))).toBe(true);
    expect(ring.get(10)?.index).toBe(10);
  });

  it("finds the latest column before a time, no further back than allowed", () => {
    const ring = new ColumnRing(100, 8);
    ring.put(column(3));
    expect(ring.atOrBefore(5, 3)?.index).toBe(3);
    expect(ring.atOrBefore(5, 2)).toBeNull();
  });

  it("has a length that is a power of two", () => {
    expect(() => new ColumnRing(100, 6)).toThrow(RangeError);
  });

  it("counts the sizes of what it holds, and of nothing else", () => {
    const ring = new ColumnRing(100, 4);
    for (let index = 0; index < 50; index += 1) {
      ring.put(column(index, { sizes: Float32Array.of(index, index * 2) }));
    }
    const fresh = new SizeHistogram();
    for (const index of [46, 47, 48, 49]) fresh.add(Float32Array.of(index, index * 2));
    for (const percent of [1, 25, 50, 90, 100]) {
      expect(ring.sizes.percentile(percent)).toBe(fresh.percentile(percent));
    }
  });
});

describe("cut-offs", () => {
  it("agree with sorted sizes to a few in a hundred", () => {
    const sizes = Float32Array.from({ length: 5_000 }, (_, i) => 1 + ((i * 7_919) % 3_001));
    const histogram = new SizeHistogram();
    histogram.add(sizes);
    const sorted = [...sizes].sort((a, b) => a - b);
    for (const percent of [5, 20, 50, 80, 95, 99]) {
      const exact = sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
      const found = histogram.percentile(percent);
      expect(found).toBeGreaterThanOrEqual(exact);
      expect(found).toBeLessThanOrEqual(exact * 1.05 + 1);
    }
  });

  it("are apart where all sizes are the same, and where there are none", () => {
    const histogram = new SizeHistogram();
    expect(cutoffsOf(histogram, 20, 98)).toEqual({ low: 0, high: 1 });
    histogram.add(Float32Array.of(7, 7, 7));
    const { low, high } = cutoffsOf(histogram, 20, 98);
    expect(high).toBeGreaterThan(low);
  });

  it("leave out what does not rest", () => {
    const histogram = new SizeHistogram();
    histogram.add(Float32Array.of(0, 0, 0, 100));
    expect(histogram.percentile(1)).toBeGreaterThanOrEqual(100);
  });
});
