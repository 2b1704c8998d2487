import type { ReactNode } from "react";

interface CheckBoxProps {
  title?: string;
  checked: boolean;
  onChange(checked: boolean): void;
  /** Its name. */
  children: ReactNode;
}

/** A box to tick in a row of controls, and its name behind it. */
export function CheckBox({ title, checked, onChange, children }: CheckBoxProps) {
  return (
    <label className="field inline" title={title}>
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
