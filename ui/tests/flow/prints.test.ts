import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Trade } from "../../src/api/messages";
import { FlowFeed } from "../../src/flow/feed";
import { type BubbleItem, FlowState } from "../../src/flow/flowState";
import { PointedPrints, type Prints, REST_MS } from "../../src/flow/pointedPrints";
import { type CamePrints, printsOf } from "../../src/flow/prints";
import { bubbleLines, tipLines, type Words } from "../../src/flow/words";
import { bubble, connected, ns, START_MS, SYMBOL, TICK } from "./messages";

let asked: { start_rfc3339: string; end_rfc3339: string }[] = [];
let data: ReturnType<typeof trade>[] = [];

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

/** A bubble of its own second, in which so much was bought. */
function bought(second: number, size: number): BubbleItem {
  const state = new FlowState(SYMBOL, TICK);
  state.apply(bubble(START_MS + second * 1_000, 6_000, size, 0));
  const [item] = state.bubbles.items;
  if (item === undefined) throw new Error("no bubble");
  return item;
}

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    asked.push(JSON.parse(String(init.body)));
    return new Response(JSON.stringify({ schema: "trades", data, note: "" }));
  });
});

describe("the prints of a bubble", () => {
  it("are those of its own window and side, by the time they happened", async () => {
    const item = bought(2, 6);
    const [begin, end] = [START_MS + 1_000, START_MS + 2_000];
    data = [
      trade(begin - 1, 1, "B"),
      trade(begin, 2, "B"),
      trade(begin + 900, 64, "A"),
      trade(end - 1, 4, "B"),
      trade(end, 8, "B"),
    ];
    const { prints } = await printsOf(SYMBOL, item, 1);
    expect(prints.map(({ size }) => size)).toEqual([4, 2]);
    const [{ start_rfc3339: start = "", end_rfc3339: last = "" } = {}] = asked;
    // Records are received later than what they tell of happened.
    expect(Date.parse(start)).toBeLessThan(begin);
    expect(Date.parse(last)).toBeGreaterThan(end);
  });

  it("are as large as the studies count them", async () => {
    data = [5, 4, 3, 2].map((size) => trade(START_MS + 9_100, size, "B"));
    const { prints } = await printsOf(SYMBOL, bought(10, 9), 4);
    expect(prints.map(({ size }) => size)).toEqual([5, 4]);
  });

  it("are asked for once, and again where not all of them were there", async () => {
    data = [trade(START_MS + 19_100, 5, "B")];
    const item = bought(20, 7);
    const come = async () => {
      const { prints, isWhole } = await printsOf(SYMBOL, item, 1);
      return [prints.length, isWhole];
    };
    expect(await come()).toEqual([1, false]);
    data = [...data, trade(START_MS + 19_200, 2, "B")];
    expect(await come()).toEqual([2, true]);
    expect(await come()).toEqual([2, true]);
    expect(asked).toHaveLength(2);
  });

  it("are kept of those that were asked for last", async () => {
    data = [];
    const ask = (second: number) => printsOf(SYMBOL, bought(second, 0), 1);
    for (let second = 101; second <= 164; second += 1) await ask(second);
    expect(asked).toHaveLength(64);
    await ask(101);
    await ask(165);
    expect(asked).toHaveLength(65);
    await ask(101);
    expect(asked).toHaveLength(65);
    await ask(102);
    expect(asked).toHaveLength(66);
  });

  it("are counted from the size that the server tells", () => {
    const feed = new FlowFeed(SYMBOL, "1m");
    const told = connected();
    if (told.type !== "Connected") throw new Error("another message");
    const thresholds = { "windows.min_size_contracts": "4" };
    feed.take([{ ...told, instruments: told.instruments.map((one) => ({ ...one, thresholds })) }]);
    expect(feed.state.leastPrint).toBe(4);
    feed.take([told]);
    expect(feed.state.leastPrint).toBe(1);
  });
});

describe("a pointer on bubbles", () => {
  const [first, second, third] = [bought(31, 1), bought(32, 1), bought(33, 1)];
  let wanted: string[] = [];
  let answers: ((come: CamePrints) => void)[] = [];
  let comes = 0;
  let pointed: PointedPrints;

  beforeEach(() => {
    vi.useFakeTimers();
    [wanted, answers, comes] = [[], [], 0];
    pointed = new PointedPrints(
      ({ id }) => {
        wanted.push(id);
        return new Promise((done) => answers.push(done));
      },
      () => {
        comes += 1;
      },
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const rest = () => vi.advanceTimersByTimeAsync(REST_MS);
  const whole = (prints: Trade[] = []): CamePrints => ({ prints, isWhole: true });

  it("asks for the prints of one that it rests on", async () => {
    expect(pointed.at(first)).toBe("asked");
    pointed.at(second);
    await rest();
    expect(wanted).toEqual([second.id]);
    answers[0]?.(whole());
    await rest();
    expect(comes).toBe(1);
    expect(pointed.at(second)).toEqual([]);
  });

  it("has one question under way, and of those that wait only the last", async () => {
    for (const bubbleOver of [first, second, third]) {
      pointed.at(bubbleOver);
      await rest();
    }
    expect(wanted).toEqual([first.id]);
    answers[0]?.(whole());
    await rest();
    expect(wanted).toEqual([first.id, third.id]);
    expect(comes).toBe(0);
  });

  it("asks again where more may come, and each time after a longer rest", async () => {
    pointed.at(first);
    await rest();
    answers[0]?.({ prints: [], isWhole: false });
    await rest();
    expect(wanted).toHaveLength(1);
    expect(pointed.at(first)).toEqual([]);
    await rest();
    expect(wanted).toHaveLength(2);
    answers[1]?.({ prints: [], isWhole: false });
    await rest();
    pointed.at(first);
    await rest();
    pointed.at(first);
    expect(wanted).toHaveLength(2);
    await rest();
    expect(wanted).toHaveLength(3);
    answers[2]?.(whole());
    await rest();
    pointed.at(first);
    await vi.advanceTimersByTimeAsync(100 * REST_MS);
    expect(wanted).toHaveLength(3);
  });

  it("does not ask again by telling that they have come", async () => {
    const looking = new PointedPrints(
      ({ id }) => {
        wanted.push(id);
        return Promise.resolve({ prints: [], isWhole: false });
      },
      () => looking.at(first),
    );
    looking.at(first);
    await vi.advanceTimersByTimeAsync(100 * REST_MS);
    expect(wanted).toHaveLength(1);
  });

  it("asks nothing once it has left", async () => {
    pointed.at(first);
    pointed.at(null);
    await rest();
    expect(wanted).toEqual([]);
  });
});

describe("the tip of a bubble", () => {
  const words: Words = { tick: TICK, zone: "utc" };
  const item = bought(41, 21);
  const found = { x: 0, y: 0, ms: 0, tick: 0, bar: null, bubble: item, mark: null, marks: 0 };
  const told = (prints: Prints) =>
    tipLines({ ...found, zone: null }, prints, words).slice(bubbleLines(item, words).length);
  const prints = (...sizes: number[]): Trade[] =>
    sizes.map((size) => ({
      tsEvent: BigInt(ns(START_MS + 40_250)),
      symbol: SYMBOL,
      instrumentId: 1,
      price: 6_000_250_000_000n,
      size,
      side: "B",
    }));

  it("tells each of its prints where they are few", () => {
    expect(told(prints(20, 1))).toEqual([
      "2 prints",
      "14:30:40.250 · 6000.25 · 20",
      "14:30:40.250 · 6000.25 · 1",
    ]);
  });

  it("tells the largest of many, and how many more there are", () => {
    const lines = told(prints(6, 5, 4, 3, 2, 1, 1));
    expect(lines).toHaveLength(7);
    expect(lines.at(-1)).toBe("and 2 more: click for all");
  });

  it("says what becomes of them meanwhile", () => {
    expect(told("asked")).toEqual(["its prints …"]);
    expect(told("failed")).toEqual(["Its prints did not come; click to ask again"]);
    expect(told([])).toEqual(["No prints are kept of it."]);
  });
});
