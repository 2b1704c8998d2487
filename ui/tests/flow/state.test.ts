import { describe, expect, it, vi } from "vitest";
import { FlowFeed } from "../../src/flow/feed";
import { CVD, FlowState } from "../../src/flow/flowState";
import { Series } from "../../src/flow/series";
import { TimedList } from "../../src/flow/timed";
import type { FlowMessage, SymbolMessage } from "../../src/flow/wire";
import {
  begin,
  bubble,
  caught,
  connected,
  cvdPoint,
  day,
  footprint,
  ns,
  START_MS,
  SYMBOL,
  TICK,
} from "./messages";

const level = (price: number, bid: number, ask: number) => ({ price, bid, ask, unsided: 0 });

function stateOf(...messages: FlowMessage[]): FlowState {
  const state = new FlowState(SYMBOL, TICK);
  for (const message of messages) state.apply(message as SymbolMessage);
  return state;
}

describe("the state of a symbol's flow", () => {
  it("keeps prices in ticks, and the size of the side that came", () => {
    const { bubbles } = stateOf(bubble(START_MS, 6_000.1, 3, 8));
    expect(bubbles.newest).toMatchObject({ side: "sell", size: 8, ms: START_MS });
    expect(bubbles.newest?.tick).toBeCloseTo(24_000.4);
  });

  it("replaces an open bar by what it has become, and keeps its place", () => {
    const open = footprint(START_MS, [level(6_000, 1, 0)], { closed: false });
    const next = footprint(START_MS + 60_000, [level(6_001, 1, 1)], { closed: false });
    const state = stateOf(open, { ...open, volume: 7 }, next, { ...open, closed: true, volume: 9 });
    expect(state.bars.items.map(({ volume, isClosed }) => [volume, isClosed])).toEqual([
      [9, true],
      [2, false],
    ]);
  });

  it("forgets bars of another length", () => {
    const minute = footprint(START_MS, [level(6_000, 1, 0)]);
    const state = stateOf(minute, { ...minute, id: "other", every: "500t" });
    expect(state.bars.items.map(({ id }) => id)).toEqual(["other"]);
    expect(state.every).toBe("500t");
  });

  it("changes the levels of a profile that changed, and takes a whole one anew", () => {
    const whole = day(5).past.find((message) => message.type === "VolumeProfile");
    if (whole?.type !== "VolumeProfile") throw new Error("no profile");
    const changed = { price: 6_000, buyVolume: 1, sellVolume: 2, unsidedVolume: 3 };
    const state = stateOf(whole, { ...whole, whole: false, levels: [changed] });
    expect(state.profile.rows.get(24_000)).toEqual({ buy: 1, sell: 2, unsided: 3 });
    expect(state.profile.rows.size).toBeGreaterThan(1);
    state.apply({ ...whole, levels: [changed] });
    expect([...state.profile.rows.keys()]).toEqual([24_000]);
  });

  it("forgets everything where the symbol begins anew", () => {
    const { past } = day(30);
    const state = stateOf(...past);
    expect(state.isCaught).toBe(true);
    const { epoch } = state;
    state.apply(begin(START_MS));
    const lists = [state.bubbles, state.bars, state.marks, state.flips, state.disagreements];
    expect(lists.map(({ items }) => items.length)).toEqual([0, 0, 0, 0, 0]);
    expect([state.cvd.length, state.profile.rows.size, state.zones, state.levels]).toEqual([
      0,
      0,
      [],
      [],
    ]);
    expect([state.isCaught, state.epoch, state.nowMs]).toEqual([false, epoch + 1, START_MS]);
  });

  it("adds an outcome to the sign of its signal", () => {
    const signal = {
      type: "Signal",
      symbol: SYMBOL,
      id: "s1",
      ts_ns: ns(START_MS),
      signal_type: "divergence",
      direction: "bearish",
      price: 6_001,
      outcome: null,
    } as const;
    const outcome = {
      type: "Outcome",
      symbol: SYMBOL,
      id: "s1",
      horizon: "1m",
      outcome: "win",
    } as const;
    const state = stateOf(signal, { ...signal, id: "s2", signal_type: "of tomorrow" }, outcome);
    expect(state.marks.items).toHaveLength(1);
    expect(state.marks.newest).toMatchObject({ kind: "divergence", tick: 24_004, outcome: "win" });
  });

  it("makes no sign of a price that nobody knows", () => {
    const row = { type: "Signal", symbol: SYMBOL, id: "s", ts_ns: "1", price: null } as const;
    expect(stateOf({ ...row, signal_type: "sweep" }).marks.items).toEqual([]);
  });
});

describe("lists and series", () => {
  it("put what is late in its place and forget the oldest", () => {
    const list = new TimedList<{ ms: number }>(8);
    for (const ms of [3, 1, 2, 5, 4, 6, 7, 8, 9, 10, 11]) list.put({ ms });
    expect(list.items.map(({ ms }) => ms)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    expect(list.forgotten).toBe(3);
    expect(list.between(5, 8).map(({ ms }) => ms)).toEqual([5, 6, 7]);
  });

  it("find the row that stands at a time", () => {
    const series = new Series(1, 4);
    for (let i = 1; i <= 6; i += 1) series.put(i * 10, [i]);
    series.put(60, [66]);
    series.put(20, [0]);
    expect(series.length).toBeLessThanOrEqual(4);
    expect([series.standingAt(9, 0), series.standingAt(55, 0), series.standingAt(99, 0)]).toEqual([
      null,
      5,
      66,
    ]);
  });

  it("grow beyond what they began with", () => {
    const series = new Series(2, 90_000);
    for (let i = 0; i < 5_000; i += 1) series.put(i, [i, -i]);
    expect([series.length, series.get(4_321, 1)]).toEqual([5_000, -4_321]);
  });
});

describe("a feed", () => {
  it("takes the tick from the greeting, asks for its bars once, and tells when the past has come", () => {
    const feed = new FlowFeed(SYMBOL, "500t");
    const orders: unknown[] = [];
    vi.spyOn(feed, "order").mockImplementation((order) => orders.push(order));
    let changes = 0;
    feed.listen(() => {
      changes += 1;
    });
    feed.take([connected()]);
    feed.take([connected()]);
    feed.take([begin(), cvdPoint(START_MS, 12), caught()]);
    expect(orders).toEqual([{ action: "set_bars", symbol: SYMBOL, every: "500t" }]);
    expect(feed.state.tick).toBe(TICK);
    expect(feed.status.getState().isCaught).toBe(true);
    expect(feed.state.cvd.get(0, CVD.value)).toBe(12);
    expect(changes).toBe(3);
  });

  it("hears nothing of other symbols", () => {
    const feed = new FlowFeed("NQZ5", "1m");
    feed.take([cvdPoint(START_MS, 12)]);
    expect(feed.state.cvd.length).toBe(0);
  });

  it("follows the clock of a replay, and knows that it stands", () => {
    const feed = new FlowFeed(SYMBOL, "1m");
    feed.take([{ type: "ReplayStatus", isPaused: true, currentTimeNs: ns(START_MS + 5) }]);
    expect(feed.state.nowMs).toBe(START_MS + 5);
    expect(feed.status.getState().isPaused).toBe(true);
    feed.take([begin(START_MS)]);
    expect(feed.state.nowMs).toBe(START_MS + 5);
    feed.take([{ type: "ReplayStatus", isPaused: true, currentTimeNs: ns(START_MS - 9_000) }]);
    expect(feed.state.nowMs).toBe(START_MS);
  });
});
