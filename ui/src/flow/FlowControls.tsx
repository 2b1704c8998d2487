import { CheckBox } from "../components/CheckBox";
import { FoldOut } from "../components/FoldOut";
import { KIND_NAMES, KINDS, type Kind } from "../signals/kinds";
import { LETTERS } from "./marks";
import {
  BAR_LENGTHS,
  type Cells,
  DEFAULTS,
  type FlowSettings,
  lengthName,
  SESSIONS,
} from "./settings";

interface FlowControlsProps {
  settings: FlowSettings;
  /** Length of the bars of the chart. */
  fitting: string;
  set(change: Partial<FlowSettings>): void;
}

type LayersProps = Pick<FlowControlsProps, "settings" | "set">;

/** The length that the chart beside has: keys and its buttons choose both. */
const AS_CHART = "";
const CELLS: readonly [Cells, string][] = [
  ["bidask", "Bid × ask"],
  ["delta", "Delta"],
  ["volume", "Volume"],
  ["profile", "Profile"],
];

/** Which bars, how long, and which bubbles. */
export function FlowControls({ settings, fitting, set }: FlowControlsProps) {
  const { bars, cells, every, minSize } = settings;
  return (
    <>
      <select
        aria-label="Bars"
        title="Candles, or what traded at each of their prices"
        value={bars === "candles" ? "candles" : cells}
        onChange={({ target: { value } }) =>
          set(
            value === "candles"
              ? { bars: "candles" }
              : { bars: "footprint", cells: value as Cells },
          )
        }
      >
        <option value="candles">Candles</option>
        <optgroup label="Footprint">
          {CELLS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </optgroup>
      </select>
      <select
        aria-label="Length of a bar"
        title="How long a bar is: in time, trades, volume, range or delta"
        value={every ?? AS_CHART}
        onChange={({ target: { value } }) => set({ every: value === AS_CHART ? null : value })}
      >
        <option value={AS_CHART}>{fitting} · auto</option>
        {BAR_LENGTHS.map(({ group, lengths }) => (
          <optgroup key={group} label={group}>
            {lengths.map((length) => (
              <option key={length} value={length}>
                {lengthName(length)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <label className="field inline" title="Smaller bubbles are not drawn">
        <span>≥</span>
        <input
          type="number"
          aria-label="Smallest bubble"
          min={0}
          step={1}
          value={minSize}
          onChange={(event) =>
            set({ minSize: Math.max(0, Math.round(event.target.valueAsNumber) || 0) })
          }
        />
      </label>
      <Layers settings={settings} set={set} />
    </>
  );
}

/** What is drawn besides the bars. */
function Layers({ settings, set }: LayersProps) {
  const toggleKind = (kind: Kind) =>
    set({
      marks: KINDS.filter((one) => settings.marks.includes(one) !== (one === kind)),
    });
  return (
    <FoldOut className="flow-layers" name="Layers" title="What is drawn besides the bars">
      <div className="flow-checks">
        <Check name="Bubbles" of="bubbles" settings={settings} set={set} />
        <Check name="Developing area" of="developing" settings={settings} set={set} />
        <Check name="Sessions" of="hours" settings={settings} set={set} />
        <Check name="Levels" of="levels" settings={settings} set={set} />
        <Check name="Naked POCs" of="nakedPocs" settings={settings} set={set} />
        <Check name="Absorption zones" of="zones" settings={settings} set={set} />
        <Check name="Impulse legs" of="legs" settings={settings} set={set} />
      </div>
      <label className="field">
        <span>Profile</span>
        <select
          value={settings.profile}
          onChange={({ target }) =>
            set({ profile: target.value as FlowSettings["profile"], fixedRange: null })
          }
        >
          <option value="session">Session</option>
          <option value="composite">Several sessions</option>
          <option value="visible">Visible range</option>
          <option value="fixed">Fixed range: what is seen now</option>
          <option value="off">None</option>
        </select>
      </label>
      {settings.profile === "composite" && <Sessions settings={settings} set={set} />}
      {settings.profile === "fixed" && (
        <button type="button" onClick={() => set({ fixedRange: null })}>
          Fix to what is seen now
        </button>
      )}
      <label className="field">
        <span>CVD</span>
        <select
          value={settings.cvd}
          onChange={({ target }) => set({ cvd: target.value as FlowSettings["cvd"] })}
        >
          <option value="line">Line</option>
          <option value="candles">Candles</option>
          <option value="off">None</option>
        </select>
      </label>
      <div className="flow-checks">
        <Check name="Over sessions" of="continuous" settings={settings} set={set} />
        <Check name="By size of trade" of="buckets" settings={settings} set={set} />
      </div>
      <fieldset className="flow-checks" aria-label="Signs of signals">
        {KINDS.map((kind) => (
          <CheckBox
            key={kind}
            checked={settings.marks.includes(kind)}
            onChange={() => toggleKind(kind)}
          >
            <b>{LETTERS[kind]}</b> {KIND_NAMES[kind]}
          </CheckBox>
        ))}
      </fieldset>
      <button type="button" onClick={() => set(DEFAULTS)}>
        As at first
      </button>
    </FoldOut>
  );
}

/** Of how many sessions the profile is. */
function Sessions({ settings, set }: LayersProps) {
  const { fewest, most } = SESSIONS;
  return (
    <label className="field" title="The latest ones together, the one that goes on among them">
      <span>of</span>
      <input
        type="number"
        aria-label="Sessions of the profile"
        min={fewest}
        max={most}
        value={settings.sessions}
        onChange={({ target }) => {
          const count = Math.round(target.valueAsNumber) || fewest;
          set({ sessions: Math.min(most, Math.max(fewest, count)) });
        }}
      />
      <span>sessions</span>
    </label>
  );
}

type Flag =
  | "bubbles"
  | "developing"
  | "hours"
  | "levels"
  | "nakedPocs"
  | "zones"
  | "legs"
  | "continuous"
  | "buckets";

function Check({ name, of, settings, set }: LayersProps & { name: string; of: Flag }) {
  return (
    <CheckBox checked={settings[of]} onChange={(chosen) => set({ [of]: chosen })}>
      {name}
    </CheckBox>
  );
}
