import type { JumpTarget } from "../api/http";
import type { ReplayStatus } from "../api/messages";
import type { ReplayActivity } from "../api/replayActivity";
import { SPEEDS } from "../keys/speeds";
import { formatSize } from "../market/prices";
import { formatSpan, toSeconds } from "../market/times";
import { useHint } from "../stores/keymap";
import { useMarket } from "../stores/market";
import { jump, ordered, setSpeed, step, togglePlay, useReplay } from "../stores/replay";
import { useSession } from "../stores/session";
import { useSettings } from "../stores/settings";
import { GoToTime } from "./GoToTime";
import { SeekBar } from "./SeekBar";

const MAX = "max";
const PLACES = ["trade", "gap", "crossing"] as const;

/** The player of a replay; absent where the source is none. */
export function ReplayBar() {
  const told = useSession((s) => s.source?.replay ?? null);
  const zone = useSettings((s) => s.zone);
  const clockNs = useMarket((s) => (s.frame >= 0 ? s.data.clockNs : null));
  const orders = useReplay();
  const state = useSession((s) => s.connection.state);
  const hint = useHint();
  const reachable = state !== "waiting";
  if (told === null) return null;
  const { wantedNs, missed } = orders;
  const replay = ordered(told, orders);
  // The status comes twice a second; what is on the page may be newer.
  const ahead = state === "live" && clockNs !== null && clockNs > told.cursorNs;
  const seenNs = ahead && clockNs <= told.endNs ? clockNs : told.cursorNs;
  const cursorNs = wantedNs ?? seenNs;
  const ladder = SPEEDS.includes(replay.speed) ? SPEEDS : [replay.speed, ...SPEEDS];
  return (
    <section className="replay-bar" aria-label="Replay">
      <SeekBar replay={{ ...replay, cursorNs }} zone={zone} />
      <div className="player">
        <Transport replay={replay} cursorNs={cursorNs} reachable={reachable} />
        <label className="field inline">
          <span>Speed</span>
          <select
            value={replay.speed ?? MAX}
            disabled={!reachable}
            title={hint("Slower, faster", "slower", "faster")}
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
        <GoToTime cursorNs={cursorNs} zone={zone} disabled={!reachable} />
        <span className="mark">
          {formatSpan(toSeconds(cursorNs - replay.startNs))} /{" "}
          {formatSpan(toSeconds(replay.endNs - replay.startNs))}
        </span>
        {replay.records !== null && (
          <output className="mark record" aria-label="Record number">
            record {formatSize(replay.position ?? 0)} of {formatSize(replay.records)}
          </output>
        )}
        {replay.indexed !== null && replay.indexed < 1 && (
          <span className="mark" title="Steps back and jumps work once the tape is indexed">
            indexing {Math.floor(replay.indexed * 100)} %
          </span>
        )}
        {replay.finished && <span className="badge warn">finished</span>}
        {replay.loops > 0 && <span className="mark">loop {formatSize(replay.loops)}</span>}
        <span className="spring" />
        {missed !== null && (
          <output className="mark missed" aria-label="Jump">
            {missed}
          </output>
        )}
        {PLACES.map((place) => (
          <JumpPair key={place} place={place} disabled={!reachable} />
        ))}
      </div>
    </section>
  );
}

interface TransportProps {
  replay: ReplayStatus;
  cursorNs: bigint;
  reachable: boolean;
}

function Transport({ replay, cursorNs, reachable }: TransportProps) {
  const hint = useHint();
  const plays = !replay.paused && !replay.finished;
  const atStart = cursorNs <= replay.startNs;
  return (
    <fieldset className="transport">
      <legend className="unseen">Play</legend>
      <button
        type="button"
        onClick={() => jump("start")}
        disabled={!reachable || atStart}
        title={hint("To the start", "start")}
        aria-label="To the start"
      >
        ⇤
      </button>
      <button
        type="button"
        onClick={() => step(-1)}
        disabled={!reachable || atStart}
        title={hint("One event back", "step-back")}
        aria-label="Step one event back"
      >
        ◂
      </button>
      <button
        type="button"
        className="play"
        onClick={togglePlay}
        disabled={!reachable}
        title={hint(replay.finished ? "Play again from the start" : "Play or pause", "toggle-play")}
      >
        {plays ? "❚❚ Pause" : replay.finished ? "↻ Replay" : "▶ Play"}
      </button>
      <button
        type="button"
        onClick={() => step(1)}
        disabled={!reachable || replay.finished}
        title={hint("One event on", "step")}
        aria-label="Step one event"
      >
        ▸
      </button>
      <button
        type="button"
        onClick={() => jump("end")}
        disabled={!reachable || replay.finished}
        title={hint("To the end", "end")}
        aria-label="To the end"
      >
        ⇥
      </button>
    </fieldset>
  );
}

interface JumpPairProps {
  place: "trade" | "gap" | "crossing";
  disabled: boolean;
}

/** To the one before and the next one of a kind of place. */
function JumpPair({ place, disabled }: JumpPairProps) {
  const hint = useHint();
  const known = useReplay((s) => (place === "trade" ? null : placesOf(s.activity, place)));
  const none = known === 0;
  const button = (way: "previous" | "next", mark: string) => (
    <button
      type="button"
      disabled={disabled || none}
      aria-label={`${way === "next" ? "Next" : "Previous"} ${place}`}
      title={none ? `This tape has no ${place}` : hint(`The ${way} ${place}`, `${way}_${place}`)}
      onClick={() => jump(`${way}_${place}` satisfies JumpTarget)}
    >
      {mark}
    </button>
  );
  return (
    <fieldset className="jump">
      <legend className="unseen">{place}</legend>
      {button("previous", "◂")}
      <span>
        {place}
        {known !== null && known > 0 && ` ${formatSize(known)}`}
      </span>
      {button("next", "▸")}
    </fieldset>
  );
}

function placesOf(activity: ReplayActivity | null, place: "gap" | "crossing"): number | null {
  // While the tape is read, places may still come.
  if (activity === null || activity.indexed !== 1) return null;
  return place === "gap" ? activity.gapCount : activity.crossingCount;
}
