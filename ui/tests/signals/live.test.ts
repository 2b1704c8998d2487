import { describe, expect, it } from "vitest";
import { LiveSignals } from "../../src/signals/live";
import { told } from "./rows";

const BEGIN = { type: "Begin", symbol: "ESZ5", tsNs: "0" };
const CAUGHT = { type: "Caught", symbol: "ESZ5" };

function outcome(id: string, horizon: "1m" | "5m", said: string) {
  return { type: "Outcome", symbol: "ESZ5", id, horizon, price: 6652.5, move: 2.25, outcome: said };
}

describe("signals of the stream", () => {
  it("are the past up to Caught, and news after it", () => {
    const signals = new LiveSignals();
    signals.apply(BEGIN);
    expect(signals.apply(told(1))).toBeNull();
    signals.apply(CAUGHT);
    expect(signals.apply(told(2))?.kind).toBe("signal");
    expect(signals.list.map(({ id }) => id)).toEqual(["ESZ5-absorption-1", "ESZ5-absorption-2"]);
  });

  it("are told once, however often they come", () => {
    const signals = new LiveSignals();
    signals.apply(BEGIN);
    signals.apply(CAUGHT);
    signals.apply(told(1));
    expect(signals.apply(told(1))).toBeNull();
    expect(signals.list.length).toBe(1);
  });

  it("take their outcomes as they resolve: first of one minute, then of five", () => {
    const signals = new LiveSignals();
    signals.apply(told(1));
    signals.apply(outcome("ESZ5-absorption-1", "1m", "win"));
    expect(signals.list[0]).toMatchObject({ outcome1m: "win", outcome5m: null, after1m: 6652.5 });
    signals.apply(outcome("ESZ5-absorption-1", "5m", "loss"));
    expect(signals.list[0]).toMatchObject({ outcome1m: "win", outcome5m: "loss" });
    expect(signals.apply(outcome("of another page", "1m", "win"))).toBeNull();
  });

  it("begin anew with their symbol, and leave those of others", () => {
    const signals = new LiveSignals();
    signals.apply(told(1));
    signals.apply(told(2, { id: "NQZ5-sweep-2", symbol: "NQZ5" }));
    signals.apply(BEGIN);
    expect(signals.list.map(({ symbol }) => symbol)).toEqual(["NQZ5"]);
    signals.apply(outcome("NQZ5-sweep-2", "1m", "breakeven"));
    expect(signals.list[0]?.outcome1m).toBe("breakeven");
  });

  it("are as many as there is room for, and are found all the same", () => {
    const signals = new LiveSignals(40);
    for (let at = 0; at < 1_000; at += 1) signals.apply(told(at));
    expect(signals.list.length).toBeLessThanOrEqual(50);
    expect(signals.list.at(-1)?.id).toBe("ESZ5-absorption-999");
    signals.apply(outcome("ESZ5-absorption-980", "1m", "win"));
    expect(signals.list.find(({ outcome1m }) => outcome1m === "win")?.id).toBe(
      "ESZ5-absorption-980",
    );
    expect(signals.apply(outcome("ESZ5-absorption-1", "1m", "win"))).toBeNull();
  });

  it("that cannot be read are said to be so, by field and value", () => {
    const signals = new LiveSignals();
    expect(() => signals.apply(told(1, { direction: "up" }))).toThrow("direction");
    expect(() => signals.apply(told(1, { price: "6650" }))).toThrow("price");
  });
});
