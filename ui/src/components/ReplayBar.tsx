import { SPEEDS } from "../keys/keys";
import { formatSize } from "../market/prices";
import { formatDateTime, formatSpan, toSeconds } from "../market/times";
import { useMarket } from "../stores/market";
import { backBy, setSpeed, step, togglePlay } from "../stores/replay";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { SeekBar } from "./SeekBar";

const MAX = "max";

/** Controls of a replay; absent where the source is none. */
export function ReplayBar() {
  const replay = useSession((s) => s.source?.replay ?? null);
  const zone = useSettings((s) => s.zone);
  const clockNs = useMarket((s) => (s.frame >= 0 ? s.data.clockNs : null));
  const state = useSession((s) => s.connection.state);
  const reachable = state !== "waiting";
  if (replay === null) return null;
  // The status comes twice a second; what is on the page may be newer.
  const ahead = state === "live" && clockNs !== null && clockNs > replay.cursorNs;
  const cursorNs = ahead && clockNs <= replay.endNs ? clockNs : replay.cursorNs;
  const plays = !replay.paused && !replay.finished;
  const total = toSeconds(replay.endNs - replay.startNs);
  const past = toSeconds(cursorNs - replay.startNs);
  const ladder = SPEEDS.includes(replay.speed) ? SPEEDS : [replay.speed, ...SPEEDS];
  return (
    <section className="replay-bar" aria-label="Replay">
      <button
        type="button"
        className="play"
        onClick={togglePlay}
        disabled={!reachable}
        title={replay.finished ? "Play again from the start (Space)" : "Play or pause (Space)"}
      >
        {plays ? "❚❚ Pause" : replay.finished ? "↻ Replay" : "▶ Play"}
      </button>
      <button
        type="button"
        onClick={() => backBy(1)}
        disabled={!reachable || replay.cursorNs <= replay.startNs}
        title="Back one second (←)"
        aria-label="Back one second"
      >
        ◂ 1 s
      </button>
      <button
        type="button"
        onClick={() => step(1)}
        disabled={!reachable || replay.finished}
        title="One event on (→)"
        aria-label="Step one event"
      >
        Step ▸
      </button>
      <button
        type="button"
        onClick={() => step(100)}
        disabled={!reachable || replay.finished}
        aria-label="Step 100 events"
        title="100 events on"
      >
        100 ▸
      </button>
      <label className="field inline">
        <span>Speed</span>
        <select
          value={replay.speed ?? MAX}
          onChange={(event) =>
            setSpeed(event.target.value === MAX ? null : Number(event.target.value))
          }
        >
          {ladder.map((speed) => (
            <option key={speed} value={speed ?? MAX}>
              {speed === null ? MAX : `${speed}×`}
            </option>
          ))}
        </select>
      </label>
      <output className="cursor" aria-label="Replay time">
        {formatDateTime(cursorNs, zone)}
      </output>
      <SeekBar replay={{ ...replay, cursorNs }} zone={zone} />
      <span className="mark">
        {formatSpan(past)} / {formatSpan(total)}
      </span>
      {replay.finished && <span className="badge warn">finished</span>}
      {replay.loops > 0 && <span className="mark">loop {formatSize(replay.loops)}</span>}
    </section>
  );
}
