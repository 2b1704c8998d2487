// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from "vitest";
import type { ReplayStatus } from "../../src/api/messages";
import { ReplayBar } from "../../src/components/ReplayBar";
import { useMarket } from "../../src/stores/market";
import { useSession } from "../../src/stores/session";
import { after, buttonNamed, CONNECTED, REPLAY, render, SOURCE, trade } from "./rendering";

const S = 1_000_000_000n;

function bar(change: Partial<ReplayStatus>): HTMLElement {
  const replay = { ...REPLAY, ...change };
  after(() => useSession.setState({ source: { ...SOURCE, replay } }));
  return render(<ReplayBar />);
}

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.reject(new Error("no server here")));
  useMarket.getState().data.apply(CONNECTED);
  useMarket.getState().data.clear();
  useSession.setState({ connection: { state: "live" } });
});

it("is absent where the source is no replay", () => {
  useSession.setState({ source: SOURCE });
  expect(render(<ReplayBar />).textContent).toBe("");
});

it("steps both ways in the middle", () => {
  const place = bar({ paused: true });
  expect(buttonNamed(place, "Play").disabled).toBe(false);
  expect(buttonNamed(place, "Step one event").disabled).toBe(false);
  expect(buttonNamed(place, "Step one event back").disabled).toBe(false);
});

it("has nothing to step to at the end, and nothing to go back to at the start", () => {
  expect(buttonNamed(bar({ finished: true }), "Step one event").disabled).toBe(true);
  const atStart = bar({ cursorNs: REPLAY.startNs });
  expect(buttonNamed(atStart, "Step one event back").disabled).toBe(true);
  expect(buttonNamed(atStart, "To the start").disabled).toBe(true);
});

it("orders nothing while the server is away", () => {
  useSession.setState({ connection: { state: "waiting", attempt: 2, delayMs: 1 } });
  const place = bar({});
  expect([...place.querySelectorAll("button")].every((button) => button.disabled)).toBe(true);
});

it("counts the records where the server does", () => {
  expect(bar({}).textContent).not.toContain("record ");
  expect(bar({ position: 1_200, records: 240_000 }).textContent).toContain(
    "record 1,200 of 240,000",
  );
});

it("is never behind what is on the page", () => {
  useMarket.getState().data.apply({ type: "trades", trades: [trade(1, 152n * S)] });
  expect(bar({}).textContent).toContain("0:52 / 1:40");
});
