import { useEffect, useRef, useState } from "react";
import type { ReplayStatus } from "../api/messages";
import { atFraction, fractionOf } from "../market/seeking";
import { formatDateTime, type Zone } from "../market/times";
import { seek } from "../stores/replay";

const STEPS = 10_000;

/** Where the replay stands; let go of the thumb to go there. */
export function SeekBar({ replay, zone }: { replay: ReplayStatus; zone: Zone }) {
  const input = useRef<HTMLInputElement>(null);
  const [wanted, setWanted] = useState<number | null>(null);
  const span = useRef(replay);
  span.current = replay;

  useEffect(() => {
    const element = input.current;
    if (element === null) return;
    // React's onChange is the browser's "input"; its "change" comes once, when the thumb is let go.
    const onLetGo = () => {
      seek(atFraction(span.current, Number(element.value) / STEPS));
      setWanted(null);
    };
    element.addEventListener("change", onLetGo);
    return () => element.removeEventListener("change", onLetGo);
  }, []);

  const value = wanted ?? Math.round(fractionOf(replay) * STEPS);
  const time = formatDateTime(atFraction(replay, value / STEPS), zone);
  return (
    <div className="seek">
      {wanted !== null && <output className="seek-time">{time}</output>}
      <input
        ref={input}
        type="range"
        min={0}
        max={STEPS}
        value={value}
        aria-label="Seek"
        aria-valuetext={time}
        style={{ backgroundSize: `${value / (STEPS / 100)}% 100%` }}
        onChange={(event) => setWanted(Number(event.target.value))}
      />
    </div>
  );
}
