import type { ReactNode } from "react";

interface SettingProps {
  name: string;
  hint?: string;
  children: ReactNode;
}

/** One thing that can be set, and its name. */
export function Setting({ name, hint, children }: SettingProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among its children
    <label className="setting">
      <span>{name}</span>
      <div>
        {children}
        {hint !== undefined && <span className="hint">{hint}</span>}
      </div>
    </label>
  );
}

interface CheckProps {
  name: string;
  hint?: string;
  checked: boolean;
  onChange(checked: boolean): void;
}

export function Check({ name, hint, checked, onChange }: CheckProps) {
  return (
    <Setting name={name} {...(hint === undefined ? {} : { hint })}>
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
    </Setting>
  );
}

interface SelectProps<T extends string> {
  name: string;
  hint?: string;
  value: T;
  choices: readonly (readonly [T, string])[];
  onChange(value: T): void;
}

export function Select<T extends string>({ name, hint, value, choices, onChange }: SelectProps<T>) {
  return (
    <Setting name={name} {...(hint === undefined ? {} : { hint })}>
      <select
        value={value}
        onChange={(event) => {
          const chosen = choices.find(([one]) => one === event.target.value);
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {choices.map(([one, said]) => (
          <option key={one} value={one}>
            {said}
          </option>
        ))}
      </select>
    </Setting>
  );
}
