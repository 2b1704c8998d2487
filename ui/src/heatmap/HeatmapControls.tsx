import { FoldOut } from "../components/FoldOut";
import { DEFAULTS, useHeatmapSettings, withLower, withUpper } from "./settings";

/** Which sizes are drawn faintest and strongest, and how. */
export function HeatmapControls() {
  const { lower, upper, contrast, isLog, trades, set } = useHeatmapSettings();
  return (
    <FoldOut name="Colours" title="Cut-offs, contrast and scale of the colours">
      <Slider
        name="Lower"
        title="Sizes up to this percentile are faintest"
        value={lower}
        most={98}
        unit=" %"
        onChange={(value) => set(withLower(value, upper))}
      />
      <Slider
        name="Upper"
        title="Sizes from this percentile on are strongest"
        value={upper}
        most={100}
        step={0.5}
        unit=" %"
        onChange={(value) => set(withUpper(lower, value))}
      />
      <Slider
        name="Contrast"
        title="Above 1: middling sizes fainter; below: stronger"
        value={contrast}
        least={0.3}
        most={4}
        step={0.1}
        unit=""
        onChange={(value) => set({ contrast: value })}
      />
      <label className="field inline">
        <input
          type="checkbox"
          checked={isLog}
          onChange={(event) => set({ isLog: event.target.checked })}
        />
        <span>Logarithmic scale</span>
      </label>
      <label className="field inline">
        <input
          type="checkbox"
          checked={trades}
          onChange={(event) => set({ trades: event.target.checked })}
        />
        <span>Trades</span>
      </label>
      <button type="button" onClick={() => set(DEFAULTS)}>
        As at first
      </button>
    </FoldOut>
  );
}

interface SliderProps {
  name: string;
  title: string;
  value: number;
  least?: number;
  most: number;
  step?: number;
  unit: string;
  onChange(value: number): void;
}

function Slider({ name, title, value, least = 0, most, step = 1, unit, onChange }: SliderProps) {
  return (
    <label className="heat-slider" title={title}>
      <span>{name}</span>
      <input
        type="range"
        aria-label={name}
        min={least}
        max={most}
        step={step}
        value={value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <output>
        {value}
        {unit}
      </output>
    </label>
  );
}
