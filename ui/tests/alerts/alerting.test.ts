// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from "vitest";
import { startAlerting } from "../../src/alerts/alerting";
import type { FlowMessage } from "../../src/flow/wire";
import { useAlerts } from "../../src/stores/alerts";
import { useMarket } from "../../src/stores/market";
import { useSession } from "../../src/stores/session";
import { takeFlowMessages } from "../../src/stores/signals";
import { CONNECTED, ES, REPLAY, SOURCE } from "../components/rendering";
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
