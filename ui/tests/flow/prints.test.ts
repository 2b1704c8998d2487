import { expect, it, vi } from "vitest";
import { FlowState } from "../../src/flow/flowState";
import { fetchPrints } from "../../src/flow/prints";
import { bubble, ns, START_MS, SYMBOL, TICK } from "./messages";

const asked: { start_rfc3339: string; end_rfc3339: string }[] = [];

function trade(ms: number, size: number, side: "A" | "B") {
  return {
    ts_event: ns(ms),
    symbol: SYMBOL,
    instrument_id: 1,
    price_i64: "6000000000000",
    size_u32: size,
    side,
  };
}

it("are those of the bubble's own window and side, by the time they happened", async () => {
  const [begin, end] = [START_MS, START_MS + 2_000];
  const data = [
    trade(begin - 1, 1, "B"),
    trade(begin, 2, "B"),
    trade(begin + 900, 64, "A"),
    trade(end - 1, 4, "B"),
    trade(end, 8, "B"),
  ];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    asked.push(JSON.parse(String(init.body)));
    return new Response(JSON.stringify({ schema: "trades", data, note: "" }));
  });
  const state = new FlowState(SYMBOL, TICK);
  state.apply({ ...bubble(end, 6_000, 6, 0), startNs: ns(begin) });
  const [item] = state.bubbles.items;
  if (item === undefined) throw new Error("no bubble");
  const prints = await fetchPrints(SYMBOL, item, new AbortController().signal);
  expect(prints.map(({ size }) => size)).toEqual([4, 2]);
  const [{ start_rfc3339: start = "", end_rfc3339: last = "" } = {}] = asked;
  // Records are received later than what they tell of happened.
  expect(Date.parse(start)).toBeLessThan(begin);
  expect(Date.parse(last)).toBeGreaterThan(end);
});
