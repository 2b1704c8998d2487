import { CheckBox } from "../components/CheckBox";
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
      <CheckBox checked={isLog} onChange={(chosen) => set({ isLog: chosen })}>
        Logarithmic scale
      </CheckBox>
      <CheckBox checked={trades} onChange={(chosen) => set({ trades: chosen })}>
        Trades
      </CheckBox>
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
