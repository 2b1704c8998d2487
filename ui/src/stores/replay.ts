/** Orders to the replay, by the state it was last seen in. */

import type { ReplayStatus } from "../api/messages";
import { nextSpeed } from "../keys/keys";
import { useSession } from "./session";

const NS_PER_S = 1_000_000_000n;

function status(): ReplayStatus | null {
  return useSession.getState().source?.replay ?? null;
}

export function togglePlay(): void {
  const replay = status();
  if (replay === null) return;
  if (replay.finished) seek(replay.startNs);
  const action = replay.paused || replay.finished ? "resume" : "pause";
  void useSession.getState().order({ action });
}

export function step(events: number): void {
  void useSession.getState().order({ action: "step", events });
}

export function seek(toNs: bigint): void {
  const replay = status();
  if (replay === null) return;
  const { startNs, endNs } = replay;
  const within = toNs < startNs ? startNs : toNs > endNs ? endNs : toNs;
  void useSession.getState().order({ action: "seek", ts_ns: within.toString() });
}

export function backBy(seconds: number): void {
  const replay = status();
  if (replay !== null) seek(replay.cursorNs - BigInt(seconds) * NS_PER_S);
}

export function setSpeed(speed: number | null): void {
  void useSession.getState().order({ action: "speed", speed });
}

export function changeSpeed(direction: 1 | -1): void {
  const replay = status();
  if (replay !== null) setSpeed(nextSpeed(replay.speed, direction));
}
