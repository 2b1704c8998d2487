import { INTERVALS } from "../market/bars";
import { useSettings } from "../stores/settings";
import { Check, Select, Setting } from "./Setting";

const AUTO = "";

/** How the page looks, and what it leaves out. */
export function PageSettings() {
  const { theme, colours, zone, interval, minSize, allInstruments, set } = useSettings();
  return (
    <>
      <h3>Look</h3>
      <Select
        name="Theme"
        value={theme}
        choices={[
          ["dark", "Dark"],
          ["light", "Light"],
        ]}
        onChange={(chosen) => set({ theme: chosen })}
      />
      <Select
        name="Colours"
        value={colours}
        choices={[
          ["classic", "Green and red"],
          ["safe", "Blue and orange, safe for the colour-blind"],
        ]}
        onChange={(chosen) => set({ colours: chosen })}
      />
      <Select
        name="Times"
        value={zone}
        choices={[
          ["utc", "UTC"],
          ["local", "Local"],
        ]}
        onChange={(chosen) => set({ zone: chosen })}
      />
      <Select
        name="Interval of the chart"
        value={interval ?? AUTO}
        choices={[[AUTO, "What suits the trading"], ...INTERVALS.map(nameTwice)]}
        onChange={(chosen) => set({ interval: chosen === AUTO ? null : chosen })}
      />
      <h3>Tape</h3>
      <Setting name="Smallest trade" hint="Smaller ones are not listed">
        <input
          type="number"
          min={1}
          max={100_000}
          value={minSize}
          onChange={(event) =>
            set({ minSize: Math.max(1, Math.floor(event.target.valueAsNumber) || 1) })
          }
        />
      </Setting>
      <Check
        name="Trades of every instrument"
        checked={allInstruments}
        onChange={(chosen) => set({ allInstruments: chosen })}
      />
    </>
  );
}

function nameTwice({ name }: { name: string }) {
  return [name, name] as const;
}
