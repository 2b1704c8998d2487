// @vitest-environment happy-dom
import { act, useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { horizonsOf } from "../../src/signals/horizons";
import { SignalDetail } from "../../src/signals/SignalDetail";
import { decodeSignal } from "../../src/signals/signal";
import { takeFlowMessages } from "../../src/stores/signals";
import { render } from "../components/rendering";

const RULES = "1f0c9a2b";

function signal(rules: string) {
  return decodeSignal({
    id: "ESZ5-delta_flip-1-up-2",
    session_id: "ESZ5-2025-11-24",
    symbol: "ESZ5",
    ts_ns: "1764000000000000000",
    signal_type: "delta_flip",
    direction: "bullish",
    price: 6000,
    strength: "weak",
    score: 1,
    amount: 5,
    price_after_1m: 6002,
    price_after_5m: null,
    outcome_1m: "win",
    outcome_5m: null,
    note: null,
    rules,
  });
}

function detail(rules: string): HTMLElement {
  return render(<SignalDetail signal={signal(rules)} zone="utc" onClose={() => {}} />);
}

afterEach(() => vi.unstubAllGlobals());

it("are a minute and five unless they are set, in units that people read", () => {
  expect(horizonsOf({})).toEqual(["1 min", "5 min"]);
  expect(horizonsOf({ "outcomes.win_ticks": "9" })).toEqual(["1 min", "5 min"]);
  expect(horizonsOf({ "outcomes.horizons": "30s,2m" })).toEqual(["30 s", "2 min"]);
  expect(horizonsOf({ "outcomes.horizons": "500ms,1h" })).toEqual(["500 ms", "1 h"]);
});

it("name what became of a signal, without asking where nothing is set", () => {
  const asked = vi.fn();
  vi.stubGlobal("fetch", asked);
  const place = detail("");
  expect(place.textContent).toContain("1 min: win 6002");
  expect(place.textContent).toContain("5 min: pending");
  expect(asked).not.toHaveBeenCalled();
});

function sessionBy(rules: string) {
  return {
    id: `ESZ5-2025-11-24-${rules}`,
    dataset: "GLBX.MDP3",
    mode: "replay",
    symbol: "ESZ5",
    trade_date: "2025-11-24",
    start_ns: "1",
    end_ns: "2",
    signals: 1,
    bullish: 1,
    bearish: 0,
    wins: 0,
    losses: 0,
    breakeven: 0,
    win_rate: null,
    rules,
    thresholds: { "outcomes.horizons": "30s,2m" },
  };
}

/** The sessions that the server has, and what it is asked; `isThere` tells whether it answers. */
function server(isThere = () => true): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    if (!isThere()) throw new TypeError("nobody is there");
    const rules = new URL(path, "http://page").searchParams.get("rules") ?? "";
    return new Response(JSON.stringify({ sessions: [sessionBy(rules)], total: 1 }));
  });
  return asked;
}

it("of a signal by other thresholds are those of the sessions that were made by them", async () => {
  const asked = server();
  const place = detail(RULES);
  // Until they are known, they are not called what they are not.
  expect(place.textContent).toContain("sooner: win");
  await act(async () => vi.waitFor(() => expect(asked).toHaveLength(1)));
  await vi.waitFor(() => expect(place.textContent).toContain("30 s: win 6002"));
  expect(place.textContent).toContain("2 min: pending");
  expect(asked).toEqual([`/api/sessions?limit=1&rules=${RULES}`]);
});

it("are asked for once for all signals by the same thresholds", async () => {
  const asked = server();
  const place = detail("2a2a2a2a");
  await act(async () => vi.waitFor(() => expect(asked).not.toEqual([])));
  await act(async () => {});
  expect(place.textContent).toContain("30 s: win");
  expect(detail("2a2a2a2a").textContent).toContain("30 s: win");
  expect(asked).toHaveLength(1);
});

it("are asked for again with the next signal, where they did not come", async () => {
  let isThere = false;
  const asked = server(() => isThere);
  const made = signal("3b3b3b3b");
  let open = (_id: string) => {};
  function Opened() {
    const [id, setId] = useState("first");
    open = setId;
    return <SignalDetail signal={{ ...made, id }} zone="utc" onClose={() => {}} />;
  }
  const place = render(<Opened />);
  await act(async () => vi.waitFor(() => expect(asked).toHaveLength(1)));
  expect(place.textContent).toContain("sooner: win");
  isThere = true;
  act(() => open("second"));
  await act(async () => vi.waitFor(() => expect(asked).toHaveLength(2)));
  await act(async () => {});
  expect(place.textContent).toContain("30 s: win");
  expect(asked).toHaveLength(2);
});

it("are those in use where the signal is by these, and nobody is asked", () => {
  const asked = server();
  const thresholds = { "outcomes.horizons": "10s,1h" };
  takeFlowMessages([
    {
      type: "Connected",
      symbols: ["NQZ5"],
      mode: "replay",
      instruments: [{ symbol: "NQZ5", tick: 0.25, rules: "4c4c4c4c", thresholds }],
    },
  ]);
  expect(detail("4c4c4c4c").textContent).toContain("10 s: win");
  expect(asked).toEqual([]);
});
