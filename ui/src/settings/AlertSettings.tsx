import { useState } from "react";
import { speaker } from "../alerts/alerting";
import { notesOf } from "../alerts/sounds";
import { kindName } from "../signals/kinds";
import { STRENGTHS } from "../signals/signal";
import { ALARMS, type Alarm, useAlerts } from "../stores/alerts";
import { Check, Select, Setting } from "./Setting";

function nameOf(alarm: Alarm): string {
  return alarm === "level" ? "Level approach" : kindName(alarm);
}

/** What is told of signals, and how. */
export function AlertSettings() {
  const { muted, volume, kinds, flash, least, distance, unit, set } = useAlerts();
  return (
    <>
      <h3>Sound</h3>
      <Check
        name="Mute"
        hint="Silences at once what is sounding too"
        checked={muted}
        onChange={(chosen) => set({ muted: chosen })}
      />
      <Setting name="Volume">
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={volume}
          onChange={(event) => set({ volume: event.target.valueAsNumber })}
        />
      </Setting>
      <h3>Told of</h3>
      <div className="sounds">
        {ALARMS.map((alarm) => (
          <div className="sound-row" key={alarm}>
            <label>
              <input
                type="checkbox"
                checked={kinds[alarm]}
                onChange={(event) => set({ kinds: { ...kinds, [alarm]: event.target.checked } })}
              />
              {nameOf(alarm)}
            </label>
            <button
              type="button"
              className="quiet"
              disabled={muted}
              aria-label={`Hear ${nameOf(alarm)}`}
              onClick={() => speaker.play(notesOf(alarm, "bullish"), volume)}
            >
              ▶
            </button>
          </div>
        ))}
      </div>
      <h3>Sight</h3>
      <Check
        name="Flash"
        hint="Around the page, at most every two seconds"
        checked={flash}
        onChange={(chosen) => set({ flash: chosen })}
      />
      <Notifications />
      <h3>Thresholds</h3>
      <Select
        name="Signals as strong as"
        hint="make alerts, of the symbols shown; weaker ones are only listed"
        value={least}
        choices={STRENGTHS.map((one) => [one, one] as const)}
        onChange={(chosen) => set({ least: chosen })}
      />
      <Setting name="A price is near a level at" hint="of the day before, the night, VWAP, …">
        <input
          type="number"
          aria-label="Distance"
          min={0}
          step="any"
          value={distance}
          onChange={(event) => {
            const typed = event.target.valueAsNumber;
            if (typed >= 0) set({ distance: typed });
          }}
        />
        <select
          aria-label="Unit"
          value={unit}
          onChange={(event) => set({ unit: event.target.value === "points" ? "points" : "ticks" })}
        >
          <option value="ticks">ticks</option>
          <option value="points">points</option>
        </select>
      </Setting>
    </>
  );
}

/** A browser asks its person once: here, when it is wanted. */
function Notifications() {
  const { notify, set } = useAlerts();
  const [permission, setPermission] = useState(() =>
    "Notification" in window ? Notification.permission : "absent",
  );
  const choose = async (chosen: boolean) => {
    set({ notify: chosen });
    if (chosen && permission === "default") setPermission(await Notification.requestPermission());
  };
  const hints: Record<string, string> = {
    absent: "This browser has none",
    denied: "Denied by this browser: allow them in its settings for this page",
    default: "While the page has not the focus; the browser will ask",
    granted: "While the page has not the focus",
  };
  return (
    <Check
      name="Browser notification"
      hint={hints[permission] ?? ""}
      checked={notify}
      onChange={(chosen) => void choose(chosen)}
    />
  );
}
