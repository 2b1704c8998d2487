import type { Filters } from "./filters";
import { KIND_NAMES, KINDS } from "./kinds";
import { OUTCOMES, STRENGTHS } from "./signal";

interface SignalFiltersProps {
  filters: Filters;
  onChange(filters: Filters): void;
  /** The server keeps no filter by strength: absent in the history. */
  hasStrength?: boolean;
  symbols: readonly string[];
}

/** Which signals are seen. */
export function SignalFilters({ filters, onChange, hasStrength, symbols }: SignalFiltersProps) {
  const { kind, direction, strength, outcome, symbol } = filters;
  const plain = (names: readonly string[]) => names.map((name) => [name, name] as const);
  return (
    <fieldset className="signal-filters">
      <legend className="unseen">Filters</legend>
      <Choice
        label="Kind"
        all="All kinds"
        value={kind}
        choices={KINDS.map((one) => [one, KIND_NAMES[one]] as const)}
        onChange={(value) => onChange({ ...filters, kind: value })}
      />
      <Choice
        label="Direction"
        all="Both ways"
        value={direction}
        choices={plain(["bullish", "bearish"])}
        onChange={(value) => onChange({ ...filters, direction: value as Filters["direction"] })}
      />
      {hasStrength === true && (
        <Choice
          label="Strength"
          all="Any strength"
          value={strength}
          choices={STRENGTHS.slice(1).map((one) => [one, `${one} at least`] as const)}
          onChange={(value) => onChange({ ...filters, strength: value as Filters["strength"] })}
        />
      )}
      <Choice
        label="Outcome"
        all="Any outcome"
        value={outcome}
        choices={plain(OUTCOMES)}
        onChange={(value) => onChange({ ...filters, outcome: value as Filters["outcome"] })}
      />
      {(symbols.length > 1 || symbol !== "") && (
        <Choice
          label="Symbol"
          all="All symbols"
          value={symbol}
          choices={plain(symbols)}
          onChange={(value) => onChange({ ...filters, symbol: value })}
        />
      )}
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  onChange(value: string): void;
}

/** One of several, or any. */
export function Choice({ label, all, value, choices, onChange }: ChoiceProps) {
  const isListed = value === "" || choices.some(([one]) => one === value);
  return (
    <select
      aria-label={label}
      value={value}
      data-set={value !== ""}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{all}</option>
      {!isListed && <option value={value}>{value}</option>}
      {choices.map(([one, name]) => (
        <option key={one} value={one}>
          {name}
        </option>
      ))}
    </select>
  );
}
