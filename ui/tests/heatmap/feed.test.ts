import { describe, expect, it, vi } from "vitest";
import { Flag } from "../../src/book/wire";
import { absorb, columnOf } from "../../src/heatmap/column";
import { Coverage } from "../../src/heatmap/coverage";
import { HeatmapFeed } from "../../src/heatmap/feed";
import { type PastColumns, type PastRequest, pastUrl } from "../../src/heatmap/past";
import { BEGIN_MS, columnsOf, depthColumn, TICK } from "./columns";

const ES = { instrumentId: 7, symbol: "ESZ5", tick: TICK };

/** A server of which a test answers each request by hand. */
function harness() {
  const asked: PastRequest[] = [];
  const answers: ((found: PastColumns[]) => void)[] = [];
  const problems: unknown[] = [];
  const feed = new HeatmapFeed(
    { onChange: () => {}, onProblem: (problem) => problem !== null && problems.push(problem) },
    (request, signal) => {
      asked.push(request);
      return new Promise((resolve, reject) => {
        answers.push(resolve);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    },
    64,
  );
  feed.show(ES, null);
  const settled = () => new Promise((done) => setTimeout(done, 0));
  return { feed, asked, answers, problems, settled };
}

/** The clock at an answer. */
const SHOWN = BEGIN_MS + 1_300;

const at = (n: number, everyMs = 100) => BEGIN_MS + n * everyMs;
const indexOf = (n: number, everyMs = 100) => at(n, everyMs) / everyMs;

describe("a column off the wire", () => {
  it("has its prices in ticks, bids before asks", () => {
    const found = columnOf(
      depthColumn(at(0), {
        bids: [
          [24_000, 5],
          [23_999, 6],
        ],
        asks: [[24_002, 7]],
        trades: [[24_001, 3, 4]],
      }),
      100,
      TICK,
    );
    expect([...found.ticks]).toEqual([24_000, 23_999, 24_002]);
    expect([...found.sizes]).toEqual([5, 6, 7]);
    expect(found.bids).toBe(2);
    expect([found.bid, found.ask, found.index]).toEqual([24_000, 24_002, indexOf(0)]);
    expect([found.trades.ticks[0], found.trades.bought[0], found.trades.sold[0]]).toEqual([
      24_001, 3, 4,
    ]);
  });

  it("joins a longer one: the depth of the last, the volumes of all, the gap of any", () => {
    const parts = [
      depthColumn(at(0), { trades: [[24_000, 1, 0]], flags: Flag.missing }),
      depthColumn(at(1), { bids: [[23_990, 8]], trades: [[24_000, 2, 5]] }),
    ].map((part) => columnOf(part, 100, TICK));
    const [first, second] = parts;
    if (first === undefined || second === undefined) throw new Error("two parts");
    const joined = absorb(absorb(null, first, 3, at(0)), second, 3, at(1));
    expect(joined.index).toBe(3);
    expect(joined.ticks[0]).toBe(23_990);
    expect([joined.trades.bought[0], joined.trades.sold[0]]).toEqual([3, 5]);
    expect(joined.flags).toBe(Flag.missing);
    expect(absorb(joined, second, 3, at(1))).toBe(joined);
  });
});

describe("what is known of time", () => {
  it("grows where it is touched, and starts over elsewhere", () => {
    const coverage = new Coverage();
    coverage.add(100, 200);
    coverage.add(200, 300);
    coverage.add(50, 120);
    expect(coverage.known).toEqual({ fromMs: 50, toMs: 300 });
    coverage.add(900, 1_000);
    expect(coverage.known).toEqual({ fromMs: 900, toMs: 1_000 });
    coverage.forgetBefore(950);
    expect(coverage.has(949)).toBe(false);
    expect(coverage.has(950)).toBe(true);
  });

  it("misses what is looked at, and fetches as much again before it", () => {
    const coverage = new Coverage();
    expect(coverage.missing(1_000, 1_200, 0)).toEqual({ fromMs: 800, toMs: 1_200 });
    coverage.add(800, 1_200);
    expect(coverage.missing(900, 1_100, 0)).toBeNull();
    expect(coverage.missing(700, 900, 0)).toEqual({ fromMs: 500, toMs: 800 });
    expect(coverage.missing(700, 900, 650)).toEqual({ fromMs: 650, toMs: 800 });
    expect(coverage.missing(1_100, 1_400, 0)).toEqual({ fromMs: 1_200, toMs: 1_400 });
    expect(coverage.missing(3_000, 3_100, 0)).toEqual({ fromMs: 2_900, toMs: 3_100 });
  });
});

describe("the feed", () => {
  it("asks for the past of what is looked at, up to the clock and no further", async () => {
    const { feed, asked, answers, settled } = harness();
    feed.want({ fromMs: at(0), toMs: at(20), everyMs: 100 }, at(10) + 50);
    expect(asked).toEqual([
      { symbol: "ESZ5", fromMs: at(-11), toMs: at(10) + 50, everyMs: 100, levels: 100 },
    ]);
    answers[0]?.([{ ...columnsOf(100, [depthColumn(at(3)), depthColumn(at(9))]), shownMs: SHOWN }]);
    await settled();
    expect(feed.ring.get(indexOf(3))).not.toBeNull();
    expect(feed.isKnown(at(5))).toBe(true);
    expect(feed.isKnown(at(-12))).toBe(false);
    feed.want({ fromMs: at(0), toMs: at(20), everyMs: 100 }, at(10) + 50);
    expect(asked).toHaveLength(1);
  });

  it("goes on from the past with what is streamed, and fetches holes of the stream", async () => {
    const { feed, asked, answers, settled } = harness();
    feed.want({ fromMs: at(0), toMs: at(10), everyMs: 100 }, at(10));
    answers[0]?.([]);
    await settled();
    feed.take(columnsOf(100, [depthColumn(at(10)), depthColumn(at(12))]));
    expect(feed.known?.toMs).toBe(at(13));
    feed.take(columnsOf(100, [depthColumn(at(40))]));
    expect(feed.known?.toMs).toBe(at(13));
    feed.want({ fromMs: at(5), toMs: at(41), everyMs: 100 }, at(41));
    expect(asked[1]).toMatchObject({ fromMs: at(13), toMs: at(40) });
  });

  it("keeps columns that were streamed while the past was on its way", async () => {
    const { feed, answers, settled } = harness();
    feed.want({ fromMs: at(0), toMs: at(10), everyMs: 100 }, at(10));
    feed.take(columnsOf(100, [depthColumn(at(10))]));
    answers[0]?.([{ ...columnsOf(100, [depthColumn(at(8))]), shownMs: SHOWN }]);
    await settled();
    expect(feed.ring.get(indexOf(8))).not.toBeNull();
    expect(feed.ring.get(indexOf(10))).not.toBeNull();
    expect(feed.known?.toMs).toBe(at(11));
  });

  it("shows nothing of before once time starts over, nor answers that come late", async () => {
    const { feed, answers, settled } = harness();
    feed.take(columnsOf(100, [depthColumn(at(50))]));
    feed.want({ fromMs: at(40), toMs: at(51), everyMs: 100 }, at(51));
    feed.reset();
    answers[0]?.([{ ...columnsOf(100, [depthColumn(at(45))]), shownMs: SHOWN }]);
    await settled();
    expect(feed.ring.newest).toBe(-1);
    expect(feed.ring.get(indexOf(45))).toBeNull();
    expect(feed.known).toBeNull();
  });

  it("puts streamed columns together into longer ones, each volume once", async () => {
    const { feed, asked, answers, settled } = harness();
    const every = 1_000;
    feed.want({ fromMs: at(0), toMs: at(30), everyMs: every }, at(13));
    expect(asked[0]).toMatchObject({ everyMs: every, toMs: at(13) });
    expect(feed.ring.everyMs).toBe(100);
    feed.take(columnsOf(100, [depthColumn(at(12), { trades: [[24_000, 1, 0]] })]));
    feed.take(columnsOf(100, [depthColumn(at(13), { trades: [[24_000, 2, 0]] })]));
    answers[0]?.([
      { ...columnsOf(every, [depthColumn(at(10), { trades: [[24_000, 10, 0]] })]), shownMs: SHOWN },
    ]);
    await settled();
    expect(feed.ring.everyMs).toBe(every);
    const open = feed.ring.get(indexOf(1, every));
    expect(open?.trades.bought[0]).toBe(12);
    expect(open?.untilMs).toBe(at(14));
  });

  it("leaves other instruments and publishers alone", () => {
    const { feed } = harness();
    feed.take(columnsOf(100, [depthColumn(at(1))], 8));
    expect(feed.ring.newest).toBe(-1);
    feed.show(ES, 2);
    feed.take(columnsOf(100, [depthColumn(at(1))]));
    expect(feed.ring.newest).toBe(-1);
  });

  it("asks again, later, after a failure, though the market stands still", async () => {
    vi.useFakeTimers();
    const asked: PastRequest[] = [];
    const problems: unknown[] = [];
    let changes = 0;
    const feed = new HeatmapFeed(
      {
        onChange: () => {
          changes += 1;
        },
        onProblem: (problem) => problem !== null && problems.push(problem),
      },
      async (request) => {
        asked.push(request);
        throw new Error("no");
      },
      64,
    );
    feed.show(ES, null);
    const wanted = { fromMs: at(0), toMs: at(10), everyMs: 100 };
    feed.want(wanted, at(10));
    await vi.advanceTimersByTimeAsync(0);
    expect(problems).toHaveLength(1);
    feed.want(wanted, at(10));
    expect(asked).toHaveLength(1);
    const before = changes;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(changes).toBe(before + 1);
    feed.want(wanted, at(10));
    expect(asked).toHaveLength(2);
    vi.useRealTimers();
  });
});

describe("a request for the past", () => {
  it("has times in nanoseconds, and the symbol as it is", () => {
    const request = { symbol: "ES Z5/1", fromMs: at(0), toMs: at(1), everyMs: 100, levels: 50 };
    expect(pastUrl(request)).toBe(
      `/api/heatmap/ES%20Z5%2F1?from=${at(0)}000000&to=${at(1)}000000&every_ms=100&levels=50`,
    );
  });
});
