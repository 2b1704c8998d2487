import { SPEEDS } from "../keys/keys";
import { formatSize } from "../market/prices";
import { formatDateTime, formatSpan, toSeconds } from "../market/times";
import { backBy, setSpeed, step, togglePlay } from "../stores/replay";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { SeekBar } from "./SeekBar";

const MAX = "max";

/** Controls of a replay; absent where the source is none. */
export function ReplayBar() {
  const replay = useSession((s) => s.source?.replay ?? null);
  const zone = useSettings((s) => s.zone);
  if (replay === null) return null;
  const plays = !replay.paused && !replay.finished;
  const total = toSeconds(replay.endNs - replay.startNs);
  const past = toSeconds(replay.cursorNs - replay.startNs);
  const ladder = SPEEDS.includes(replay.speed) ? SPEEDS : [replay.speed, ...SPEEDS];
  return (
    <section className="replay-bar" aria-label="Replay">
      <button type="button" className="play" onClick={togglePlay} title="Play or pause (Space)">
        {plays ? "❚❚ Pause" : "▶ Play"}
      </button>
      <button
        type="button"
        onClick={() => backBy(1)}
        title="Back one second (←)"
        aria-label="Back one second"
      >
        ◂ 1 s
      </button>
      <button
        type="button"
        onClick={() => step(1)}
        title="One event on (→)"
        aria-label="Step one event"
      >
        Step ▸
      </button>
      <button
        type="button"
        onClick={() => step(100)}
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
        {formatDateTime(replay.cursorNs, zone)}
      </output>
      <SeekBar replay={replay} zone={zone} />
      <span className="mark">
        {formatSpan(past)} / {formatSpan(total)}
      </span>
      {replay.finished && <span className="badge warn">finished</span>}
      {replay.loops > 0 && <span className="mark">loop {formatSize(replay.loops)}</span>}
    </section>
  );
}
