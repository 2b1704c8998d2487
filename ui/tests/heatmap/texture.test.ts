import { describe, expect, it } from "vitest";
import { Flag } from "../../src/book/wire";
import { NO_TICK, runsOf, type Seen, STATE, TexturePlan } from "../../src/heatmap/depthTexture";
import { ColumnRing } from "../../src/heatmap/ring";
import { fillRow, type RowWindow, windowFor } from "../../src/heatmap/rowWindow";
import { column } from "./columns";

const WINDOW: RowWindow = { firstTick: 90, group: 1, rows: 32 };

function seen(of: Partial<Seen> = {}): Seen {
  return {
    first: 0,
    last: 9,
    window: WINDOW,
    baseTick: 100,
    baseColumn: 0,
    end: 100,
    isKnown: () => true,
    gaps: [],
    ...of,
  };
}

function ringWith(...indexes: number[]): ColumnRing {
  const ring = new ColumnRing(100, 16);
  for (const index of indexes) ring.put(column(index));
  return ring;
}

function states(plan: TexturePlan, from: number, to: number): number[] {
  const found = [];
  for (let slot = from; slot <= to; slot += 1) found.push(plan.notes[slot * 8 + 2] ?? -1);
  return found;
}

describe("what is sent to the card", () => {
  it("is each column once", () => {
    const plan = new TexturePlan(16);
    const ring = ringWith(1, 2, 3);
    const view = seen();
    expect(plan.stale(ring, view)).toEqual([1, 2, 3]);
    expect(plan.stale(ring, view)).toEqual([]);
    ring.put(column(4));
    expect(plan.stale(ring, view)).toEqual([4]);
  });

  it("is a column again that grew", () => {
    const plan = new TexturePlan(16);
    const ring = ringWith(1, 2);
    plan.stale(ring, seen());
    ring.put(column(2, { sizes: Float32Array.of(11, 21) }));
    expect(plan.stale(ring, seen())).toEqual([2]);
  });

  it("is everything that is seen after the prices moved, and after the card was lost", () => {
    const plan = new TexturePlan(16);
    const ring = ringWith(1, 2, 12);
    const view = seen();
    plan.stale(ring, view);
    expect(plan.stale(ring, { ...view, window: { ...WINDOW } })).toEqual([1, 2]);
    plan.clear();
    expect(plan.stale(ring, { ...view, window: WINDOW })).toEqual([1, 2]);
  });

  it("goes over in runs of neighbours", () => {
    expect(runsOf([7, 3, 4, 5, 9])).toEqual([
      [3, 3],
      [7, 1],
      [9, 1],
    ]);
    expect(runsOf([0, 1, 2, 3, 4], 2)).toEqual([
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
    expect(runsOf([])).toEqual([]);
  });
});

describe("notes of the columns", () => {
  it("leave blank what was before, and carry a quiet book on", () => {
    const plan = new TexturePlan(16);
    plan.note(ringWith(1, 5), seen({ last: 6 }));
    const { nothing, depth } = STATE;
    expect(states(plan, 0, 6)).toEqual([nothing, depth, depth, depth, depth, depth, depth]);
    // A carried column points to the place of its depth.
    expect(plan.notes[3 * 8 + 1]).toBe(1);
  });

  it("carry a book on that stands from before what is seen, and send it", () => {
    const plan = new TexturePlan(16);
    const view = seen({ first: 6 });
    expect(plan.stale(ringWith(2), view)).toEqual([2]);
    plan.note(ringWith(2), view);
    expect(states(plan, 6, 9)).toEqual([1, 1, 1, 1]);
  });

  it("carry nothing into unknown time, or after the clock", () => {
    const plan = new TexturePlan(16);
    plan.note(ringWith(1, 8), seen({ end: 9, isKnown: (index) => index !== 2 }));
    const { nothing, depth } = STATE;
    expect(states(plan, 1, 4)).toEqual([depth, nothing, depth, depth]);
    expect(states(plan, 8, 9)).toEqual([depth, nothing]);
  });

  it("show a gap in the column that misses records, and in the quiet stretch before it", () => {
    const plan = new TexturePlan(16);
    const ring = ringWith(1, 8);
    ring.put(column(4, { flags: Flag.missing }));
    plan.note(ring, seen());
    const { nothing, depth, gap } = STATE;
    expect(states(plan, 0, 9)).toEqual([
      nothing,
      depth,
      gap,
      gap,
      gap,
      nothing,
      nothing,
      nothing,
      depth,
      depth,
    ]);
  });

  it("show a gap where the source told of one", () => {
    const plan = new TexturePlan(16);
    plan.note(ringWith(1, 3, 6), seen({ gaps: [[2, 5]] }));
    const { depth, gap } = STATE;
    expect(states(plan, 1, 7)).toEqual([depth, gap, gap, gap, depth, depth, depth]);
  });

  it("mark a book that may not be the market's", () => {
    const plan = new TexturePlan(16);
    const ring = ringWith();
    ring.put(column(1, { flags: Flag.stale }));
    plan.note(ring, seen());
    expect(states(plan, 1, 1)).toEqual([STATE.stale]);
  });

  it("hold the best prices, or that there is none", () => {
    const plan = new TexturePlan(16);
    const ring = ringWith(1);
    ring.put(column(2, { bid: Number.NaN, ask: 103 }));
    plan.note(ring, seen());
    expect([...plan.notes.subarray(12, 14)]).toEqual([0, 1]);
    expect([...plan.notes.subarray(20, 22)]).toEqual([NO_TICK, 3]);
  });

  it("are sent only where they changed", () => {
    const plan = new TexturePlan(16);
    const ring = ringWith(1);
    plan.note(ring, seen());
    expect(plan.note(ring, seen())).toEqual([]);
    ring.put(column(9));
    expect(plan.note(ring, seen())).toEqual([9]);
  });
});

describe("the window of prices", () => {
  it("stays while what is seen lies in it", () => {
    const first = windowFor(null, 1_000, 1_100, 0.25, 512);
    expect(first.group).toBe(1);
    expect(windowFor(first, 1_050, 1_150, 0.25, 512)).toBe(first);
    const moved = windowFor(first, 1_400, 1_500, 0.25, 512);
    expect(moved).not.toBe(first);
    expect(moved.firstTick).toBeLessThanOrEqual(1_400);
    expect(moved.firstTick + moved.rows).toBeGreaterThan(1_500);
  });

  it("puts ticks together where rows would be thinner than pixels, or too many", () => {
    expect(windowFor(null, 0, 100, 4, 512).group).toBe(5);
    expect(windowFor(null, 0, 1_000, 0.5, 512).group).toBe(5);
    const wide = windowFor(null, -300, 900, 3, 512);
    expect(wide.firstTick % wide.group).toBe(-0);
    expect(wide.firstTick).toBeLessThanOrEqual(-300);
  });

  it("keeps bid and ask apart, sums what shares a row, and leaves out what lies outside", () => {
    const line = new Float32Array(64).fill(9);
    const depth = column(1, {
      ticks: Int32Array.of(80, 95, 96, 97, 200),
      sizes: Float32Array.of(1, 2, 3, 4, 5),
      bids: 3,
    });
    fillRow(line, depth, { firstTick: 90, group: 2, rows: 32 });
    expect(line[4]).toBe(2);
    expect(line[6]).toBe(3);
    expect(line[7]).toBe(4);
    expect(line.reduce((sum, size) => sum + size, 0)).toBe(9);
  });
});
