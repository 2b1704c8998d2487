import { describe, expect, it, vi } from "vitest";
import { FlowFeed } from "../../src/flow/feed";
import type { FlowOrder } from "../../src/flow/flowClient";
import { FlowState, type Hours } from "../../src/flow/flowState";
import { frameFor } from "../../src/flow/scene/frame";
import { dateName, hoursScene } from "../../src/flow/scene/hours";
import { TimeAxis } from "../../src/flow/scene/timeAxis";
import { DEFAULTS } from "../../src/flow/settings";
import type { SymbolMessage, VolumeProfile } from "../../src/flow/wire";
import { begin, connected, day, ns, START_MS, SYMBOL, TICK } from "./messages";
import { scenesOf } from "./scenes";

const HOUR = 3_600_000;

/** A session of 23 hours, its regular ones from 14:30 to 21:00. */
function hours(tradeDate: string, days: number, isHoliday = false): Hours {
  const regularOpenMs = START_MS + days * 24 * HOUR;
  const closeMs = regularOpenMs + 7.5 * HOUR;
  return {
    tradeDate,
    openMs: regularOpenMs - 15.5 * HOUR,
    closeMs,
    regularOpenMs: isHoliday ? closeMs : regularOpenMs,
    regularCloseMs: isHoliday ? closeMs : regularOpenMs + 6.5 * HOUR,
  };
}

/** Two days before `START_MS` + 24 h, a minute a pixel. */
function axis(): TimeAxis {
  const view = { endMs: START_MS + 24 * HOUR, msPerPx: 60_000, topTick: 0, ticksPerPx: 1 };
  return new TimeAxis(view, 48 * 60, null);
}

const profile = (scope: VolumeProfile["scope"], price: number): VolumeProfile => ({
  type: "VolumeProfile",
  symbol: SYMBOL,
  scope,
  whole: true,
  levels: [{ price, buyVolume: 5, sellVolume: 4, unsidedVolume: 0 }],
  poc: price,
  vah: price,
  val: price,
  hvn: [],
  lvn: [],
  valueAreaVolume: 9,
  total: 9,
});

describe("sessions on the chart", () => {
  it("are shaded outside their regular hours, and named where they and those begin", () => {
    const scene = hoursScene({ hours: [hours("2025-11-24", 0), hours("2025-11-25", 1)] }, axis());
    const minutes = scene.nights.map(({ x, toX }) => [x, toX]);
    // From the left edge, 24 h before the first regular open.
    expect(minutes).toEqual([
      [8.5 * 60, 24 * 60],
      [30.5 * 60, 31.5 * 60],
      [32.5 * 60, 48 * 60],
    ]);
    expect(scene.begins.map(({ name }) => name)).toEqual(["24 Nov", "RTH", "25 Nov"]);
  });

  it("are night all through on a holiday, and not shaded where none has regular hours", () => {
    const holiday = hours("2025-11-24", 0, true);
    const mixed = hoursScene({ hours: [holiday, hours("2025-11-25", 1)] }, axis());
    expect(mixed.nights[0]).toEqual({ x: 8.5 * 60, toX: 31.5 * 60 });
    expect(hoursScene({ hours: [holiday] }, axis()).nights).toEqual([]);
  });

  it("go by the date of the trades", () => {
    expect([dateName("2025-11-24"), dateName("2026-01-05")]).toEqual(["24 Nov", "5 Jan"]);
  });

  it("are forgotten with all else", () => {
    const state = new FlowState(SYMBOL, TICK);
    const one = hours("2025-11-24", 0);
    state.apply({
      type: "SessionHours",
      symbol: SYMBOL,
      sessions: [
        {
          tradeDate: one.tradeDate,
          openNs: ns(one.openMs),
          closeNs: ns(one.closeMs),
          regularOpenNs: ns(one.regularOpenMs),
          regularCloseNs: ns(one.regularCloseMs),
        },
      ],
    });
    expect(state.hours).toEqual([one]);
    state.apply(begin());
    expect(state.hours).toEqual([]);
  });
});

describe("the profile of several sessions", () => {
  const ordersOf = (feed: FlowFeed): FlowOrder[] => {
    const orders: FlowOrder[] = [];
    vi.spyOn(feed, "order").mockImplementation((order) => orders.push(order));
    return orders;
  };

  it("is asked for once the server has greeted, again after a loss, and called off", () => {
    const feed = new FlowFeed(SYMBOL, "1m");
    const orders = ordersOf(feed);
    feed.compose(5);
    expect(orders).toEqual([]);
    feed.take([connected()]);
    feed.compose(5);
    feed.compose(0);
    const sessions = orders.flatMap((one) =>
      one.action === "set_composite" ? [one.sessions] : [],
    );
    expect(sessions).toEqual([5, 0]);
  });

  it("stands beside the chart where it is wanted; until it has come, the session's does", () => {
    const state = new FlowState(SYMBOL, TICK);
    for (const message of day(30).past) state.apply(message as SymbolMessage);
    state.apply(profile("session", 6_000));
    const settings = { ...DEFAULTS, profile: "composite" as const };
    const view = { endMs: state.nowMs ?? 0, msPerPx: 1_000, topTick: 24_100, ticksPerPx: 1 };
    const frame = frameFor({ width: 900, height: 600 }, settings);
    const pocOf = () => scenesOf(state, view, frame, settings).edge.profile?.poc;
    expect(pocOf()).toBe(100);
    state.apply(profile("composite", 6_005));
    expect(pocOf()).toBe(80);
  });
});
