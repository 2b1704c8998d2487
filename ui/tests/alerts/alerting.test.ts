// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { startAlerting } from "../../src/alerts/alerting";
import type { FlowMessage } from "../../src/flow/wire";
import { FIRST_ALERTS, useAlerts } from "../../src/stores/alerts";
import { takeMessage, useMarket } from "../../src/stores/market";
import { useSession } from "../../src/stores/session";
import { takeFlowMessages } from "../../src/stores/signals";
import { CONNECTED, ES, REPLAY, SOURCE, trade } from "../components/rendering";
import { row, told } from "../signals/rows";

const tsNs = (at: number) => BigInt(row(at).ts_ns);

function standAt(at: number): void {
  const replay = { ...REPLAY, cursorNs: tsNs(at) };
  useSession.setState({ source: { ...SOURCE, replay } });
}

function take(...messages: { type: string; symbol: string }[]): void {
  takeFlowMessages(messages as unknown as FlowMessage[]);
}

/** A strong signal of this second. */
const strong = (at: number) => told(at, { price: 6_600 + at, strength: "strong" });
const shown = () => useAlerts.getState().toasts.map(({ text }) => text);

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.reject(new Error("no server here")));
  useMarket.getState().data.apply(CONNECTED);
  useMarket.setState({ activeId: ES.instrumentId });
  useAlerts.setState({ toasts: [], muted: true });
  startAlerting();
  standAt(60);
  take({ type: "Begin", symbol: "ESZ5" }, { type: "Caught", symbol: "ESZ5" });
});

it("tells of what comes, and not again of the past", () => {
  take(strong(10));
  expect(shown()).toEqual(["ESZ5 6610.00: Absorption bullish"]);
});

it("a replay that goes back takes back what it has not come to", () => {
  take(strong(10), strong(50));
  standAt(20);
  expect(shown()).toEqual(["ESZ5 6610.00: Absorption bullish"]);
});

it("takes back also what the stream still told of before it began anew", () => {
  standAt(20);
  take(strong(50));
  take({ type: "Begin", symbol: "ESZ5" });
  expect(shown()).toEqual([]);
});

it("a replay that goes on leaves what was told", () => {
  take(strong(10));
  standAt(70);
  take({ type: "Begin", symbol: "ESZ5" });
  expect(shown()).toHaveLength(1);
});

describe("a price near a level", () => {
  const levels = (price: number) => ({ type: "Levels", symbol: "ESZ5", levels: [named(price)] });
  const named = (price: number) => ({ name: "pdh", kind: "previous", price });
  const trades = (...prices: number[]) => {
    for (const price of prices) {
      const at = BigInt(Math.round(price * 1e9));
      takeMessage({ type: "trades", trades: [{ ...trade(1, tsNs(30)), price: at }] });
      useMarket.setState((now) => ({ frame: now.frame + 1 }));
    }
  };

  beforeEach(() => {
    useMarket.getState().data.clear();
    useAlerts.setState({ distance: 8, unit: "ticks", kinds: { ...FIRST_ALERTS.kinds } });
    take(levels(6_600) as never);
  });

  it("is told where it has come as near as is set, in ticks", () => {
    trades(6_590, 6_597.75);
    expect(shown()).toEqual([]);
    trades(6_598);
    expect(shown()).toEqual(["ESZ5 near PDH 6600.00"]);
  });

  it("is told by points where that is set", () => {
    useAlerts.setState({ distance: 8, unit: "points" });
    trades(6_590, 6_592);
    expect(shown()).toEqual(["ESZ5 near PDH 6600.00"]);
  });

  it("is told of symbols that a panel shows, and where it is wanted", () => {
    useMarket.setState({ activeId: null });
    trades(6_590, 6_599);
    useMarket.setState({ activeId: ES.instrumentId });
    useAlerts.setState({ kinds: { ...FIRST_ALERTS.kinds, level: false } });
    trades(6_590, 6_599);
    expect(shown()).toEqual([]);
  });

  it("is no news where a replay was sent past it, whichever comes first of price and levels", () => {
    trades(6_590);
    useSession.setState((now) => ({ timeline: now.timeline + 1 }));
    trades(6_610);
    take({ type: "Begin", symbol: "ESZ5" }, levels(6_600) as never);
    trades(6_610);
    expect(shown()).toEqual([]);
  });
});
