// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ReplayOrder } from "../../src/api/http";
import { useMarket } from "../../src/stores/market";
import {
  backBy,
  changeSpeed,
  goTo,
  jump,
  seek,
  togglePlay,
  useReplay,
} from "../../src/stores/replay";
import { useSession } from "../../src/stores/session";
import { CONNECTED, ES, SOURCE } from "../components/rendering";

const S = 1_000_000_000n;
const REPLAY = {
  startNs: 100n * S,
  endNs: 200n * S,
  cursorNs: 150n * S,
  speed: 1,
  paused: true,
  finished: false,
  loops: 0,
  position: 0,
  records: 100,
  mboPosition: 0,
  indexed: 1,
};

let asked: ReplayOrder[] = [];
let answers: (() => void)[] = [];
let missed: string | null = null;

/** Let the server answer the order that is under way, and what follows from that happen. */
async function answer(): Promise<void> {
  answers.shift()?.();
  await vi.advanceTimersByTimeAsync(200);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => Promise.reject(new Error("no server here")));
  asked = [];
  answers = [];
  missed = null;
  const order = (what: ReplayOrder) => {
    asked.push(what);
    return new Promise<string | null>((done) => answers.push(() => done(missed)));
  };
  useSession.setState({ source: { ...SOURCE, replay: REPLAY }, order });
});

it("while one seek is under way the last of the next ones waits, and the others are never sent", async () => {
  for (const second of [110n, 120n, 130n, 140n]) seek(second * S);
  expect(asked.map((one) => one.ts_ns)).toEqual([(110n * S).toString()]);
  expect(useReplay.getState().wantedNs).toBe(140n * S);
  await answer();
  expect(asked.map((one) => one.ts_ns)).toEqual([(110n * S).toString(), (140n * S).toString()]);
  expect(useReplay.getState().wantedNs).toBe(140n * S);
  await answer();
  expect(asked).toHaveLength(2);
  expect(useReplay.getState().wantedNs).toBeNull();
});

it("no seek leaves the tape", async () => {
  seek(0n);
  await answer();
  seek(999n * S);
  await answer();
  expect(asked.map((one) => one.ts_ns)).toEqual([(100n * S).toString(), (200n * S).toString()]);
});

it("a typed place is gone to, by time or by record", async () => {
  expect(goTo("+10s")).toBe(true);
  await answer();
  expect(goTo("#12")).toBe(true);
  expect(goTo("somewhere")).toBe(false);
  expect(asked).toEqual([
    { action: "seek", ts_ns: (160n * S).toString() },
    { action: "seek", position: "12" },
  ]);
});

it("a jump that finds nothing is told of until the next order", async () => {
  missed = "there is no trade after this";
  jump("next_trade");
  await answer();
  expect(useReplay.getState().missed).toBe(missed);
  missed = null;
  jump("end");
  await answer();
  expect(useReplay.getState().missed).toBeNull();
});

it("a jump to a trade is to one of the instrument shown", () => {
  useMarket.getState().data.apply(CONNECTED);
  useMarket.setState({ activeId: ES.instrumentId });
  jump("next_trade");
  jump("next_gap");
  expect(asked).toEqual([
    { action: "jump", to: "next_trade", symbol: "ESZ5" },
    { action: "jump", to: "next_gap" },
  ]);
});

describe("keys that come quicker than the server answers", () => {
  /** The order that is under way is carried out: the status says so. */
  async function carryOut(change: Partial<typeof REPLAY>): Promise<void> {
    const { source } = useSession.getState();
    useSession.setState({
      source: { ...(source ?? SOURCE), replay: { ...(source?.replay ?? REPLAY), ...change } },
    });
    await answer();
  }

  it("step the speed as often as they are struck", async () => {
    changeSpeed(1);
    changeSpeed(1);
    changeSpeed(1);
    expect(asked).toEqual([{ action: "speed", speed: 2 }]);
    await carryOut({ speed: 2 });
    expect(asked.at(-1)).toEqual({ action: "speed", speed: 10 });
    await carryOut({ speed: 10 });
    changeSpeed(-1);
    expect(asked.at(-1)).toEqual({ action: "speed", speed: 5 });
    await carryOut({ speed: 5 });
    expect(asked).toHaveLength(3);
    expect(useReplay.getState().wantedSpeed).toBeNull();
  });

  it("go ten seconds back each", async () => {
    backBy(10);
    backBy(10);
    await answer();
    await answer();
    expect(asked.at(-1)?.ts_ns).toBe((130n * S).toString());
  });

  it("play and pause by turns", async () => {
    togglePlay();
    togglePlay();
    await carryOut({ paused: false });
    expect(asked.map(({ action }) => action)).toEqual(["resume", "pause"]);
    await carryOut({ paused: true });
    togglePlay();
    await carryOut({ paused: false });
    expect(asked.at(-1)).toEqual({ action: "resume" });
    expect(useReplay.getState().wantsPause).toBeNull();
  });
});
