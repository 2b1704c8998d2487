/** Orders to the replay, by the state it was last seen in. */

import { create } from "zustand";
import { fetchActivity, type JumpTarget, type ReplayOrder } from "../api/http";
import type { ReplayStatus } from "../api/messages";
import type { ReplayActivity } from "../api/replayActivity";
import { nextSpeed } from "../keys/speeds";
import { parseTarget } from "../market/seeking";
import { follow } from "./inspector";
import { useMarket } from "./market";
import { useSession } from "./session";
import { useSettings } from "./settings";

const NS_PER_S = 1_000_000_000n;
const BUCKETS = 1_000;
const BETWEEN_SEEKS_MS = 80;
// The server counts a long tape beside its replay: ask again until it has.
const ASK_AGAIN_MS = 1_000;

interface ReplayStore {
  /** What happened when; null until the server has counted it. */
  activity: ReplayActivity | null;
  /** Where the cursor is being sent, until the server has taken it. */
  wantedNs: bigint | null;
  /** What speed was chosen last, until the server has taken it. */
  wantedSpeed: { speed: number | null } | null;
  /** Whether it is to stand still, until the server has taken that. */
  wantsPause: boolean | null;
  /** What the last jump did not find. */
  missed: string | null;
}

export const useReplay = create<ReplayStore>()(() => ({
  activity: null,
  wantedNs: null,
  wantedSpeed: null,
  wantsPause: null,
  missed: null,
}));

/** The replay as a person has ordered it. What is not answered yet counts, so that two quick keys do two things. */
export function ordered(
  replay: ReplayStatus,
  { wantedNs, wantedSpeed, wantsPause }: ReplayStore,
): ReplayStatus {
  return {
    ...replay,
    cursorNs: wantedNs ?? replay.cursorNs,
    speed: wantedSpeed === null ? replay.speed : wantedSpeed.speed,
    paused: wantsPause ?? replay.paused,
    finished: replay.finished && wantsPause !== false,
  };
}

function status(): ReplayStatus | null {
  const replay = useSession.getState().source?.replay ?? null;
  return replay === null ? null : ordered(replay, useReplay.getState());
}

async function order(what: ReplayOrder): Promise<void> {
  const missed = await useSession.getState().order(what);
  useReplay.setState({ missed });
}

/**
 * Sends what is wanted. While one order is under way the next ones wait, and of those only the last is sent: a thumb that
 * is dragged, or a key that is held, asks for no more than the server can do.
 */
function lastOf<T>(
  wanted: () => T | null,
  send: (what: T) => Promise<void>,
  onDone: () => void,
): () => Promise<void> {
  let isUnderWay = false;
  return async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    let sent: T | null = null;
    for (;;) {
      const what = wanted();
      if (what === null || what === sent) break;
      sent = what;
      await send(what);
    }
    isUnderWay = false;
    onDone();
  };
}

const sendPause = lastOf(
  () => useReplay.getState().wantsPause,
  (isPause) => order({ action: isPause ? "pause" : "resume" }),
  () => useReplay.setState({ wantsPause: null }),
);

export function togglePlay(): void {
  const replay = status();
  if (replay === null) return;
  const plays = !replay.paused && !replay.finished;
  if (replay.finished) seek(replay.startNs);
  useReplay.setState({ wantsPause: plays });
  void sendPause();
}

/** Step by events; less than 0 goes back. */
export function step(events: number): void {
  follow();
  void order({ action: "step", events });
}

/** To a place of the tape; a trade is one of the instrument shown. */
export function jump(to: JumpTarget): void {
  follow();
  const { data, activeId } = useMarket.getState();
  const shown = data.instruments.find((one) => one.instrumentId === activeId);
  const isTrade = to === "next_trade" || to === "previous_trade";
  const symbol = isTrade && shown !== undefined ? { symbol: shown.symbol } : {};
  void order({ action: "jump", to, ...symbol });
}

const sendWanted = lastOf(
  () => useReplay.getState().wantedNs,
  async (toNs) => {
    await order({ action: "seek", ts_ns: toNs.toString() });
    // The answer says that the order was taken, not that the replay is there.
    await new Promise((done) => setTimeout(done, BETWEEN_SEEKS_MS));
  },
  () => useReplay.setState({ wantedNs: null }),
);

/** Go to a time. */
export function seek(toNs: bigint): void {
  const replay = status();
  if (replay === null) return;
  follow();
  const { startNs, endNs } = replay;
  useReplay.setState({ wantedNs: toNs < startNs ? startNs : toNs > endNs ? endNs : toNs });
  void sendWanted();
}

/** Go where a person typed: a time, a share of the tape, or the number of a record; false if it is none. */
export function goTo(typed: string): boolean {
  const replay = status();
  if (replay === null) return false;
  const target = parseTarget(typed, replay, useSettings.getState().zone);
  if (target === null) return false;
  if (target.kind === "time") seek(target.ns);
  else void order({ action: "seek", position: target.position.toString() });
  return true;
}

export function backBy(seconds: number): void {
  const replay = status();
  if (replay !== null) seek(replay.cursorNs - BigInt(seconds) * NS_PER_S);
}

const sendSpeed = lastOf(
  () => useReplay.getState().wantedSpeed,
  ({ speed }) => order({ action: "speed", speed }),
  () => useReplay.setState({ wantedSpeed: null }),
);

export function setSpeed(speed: number | null): void {
  useReplay.setState({ wantedSpeed: { speed } });
  void sendSpeed();
}

export function changeSpeed(direction: 1 | -1): void {
  const replay = status();
  if (replay !== null) setSpeed(nextSpeed(replay.speed, direction));
}

let asks: ReturnType<typeof setTimeout> | undefined;

async function askActivity(): Promise<void> {
  clearTimeout(asks);
  let indexed: number | null = null;
  try {
    const activity = await fetchActivity(BUCKETS);
    useReplay.setState({ activity });
    indexed = activity.indexed;
  } catch {
    // The bar goes without: whatever is wrong with the server, its stream says so too.
    return;
  }
  if (indexed !== null && indexed < 1) asks = setTimeout(askActivity, ASK_AGAIN_MS);
}

// Whenever a replay comes in sight, also that of another server.
useSession.subscribe((now, before) => {
  const [replay, earlier] = [now.source?.replay ?? null, before.source?.replay ?? null];
  if (replay === null || replay.startNs === earlier?.startNs) return;
  useReplay.setState({ activity: null, wantedNs: null, wantedSpeed: null, wantsPause: null });
  void askActivity();
});
