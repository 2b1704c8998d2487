// @vitest-environment happy-dom
import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { horizonsOf } from "../../src/signals/horizons";
import { SignalDetail } from "../../src/signals/SignalDetail";
import { decodeSignal } from "../../src/signals/signal";
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

it("of a signal by other thresholds are those of the sessions that were made by them", async () => {
  const session = {
    id: `ESZ5-2025-11-24-${RULES}`,
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
    rules: RULES,
    thresholds: { "outcomes.horizons": "30s,2m" },
  };
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return new Response(JSON.stringify({ sessions: [session], total: 1 }));
  });
  const place = detail(RULES);
  // Until they are known, they are not called what they are not.
  expect(place.textContent).toContain("sooner: win");
  await act(async () => vi.waitFor(() => expect(asked).toHaveLength(1)));
  await vi.waitFor(() => expect(place.textContent).toContain("30 s: win 6002"));
  expect(place.textContent).toContain("2 min: pending");
  expect(asked).toEqual([`/api/sessions?limit=1&rules=${RULES}`]);
});
