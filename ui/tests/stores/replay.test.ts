// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from "vitest";
import type { ReplayOrder } from "../../src/api/http";
import { goTo, seek, useReplay } from "../../src/stores/replay";
import { useSession } from "../../src/stores/session";
import { SOURCE } from "../components/rendering";

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
  const order = (what: ReplayOrder) => {
    asked.push(what);
    return new Promise<void>((done) => answers.push(done));
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
