/** The thresholds by which signals are made: what is set of them, and how a person reads it. */

import { DecodeError, listAt, objectOf, textAt } from "../api/fields";

export interface Threshold {
  /** `absorption.expiry`: the study, and its own name within it. */
  study: string;
  own: string;
  byDefault: string;
  /** What is set, and of what: of all instruments, of a root, of one symbol. */
  set: readonly { of: string; value: string }[];
  unit: string;
  meaning: string;
}

/** Names and values of thresholds that are not the defaults. */
export type OwnThresholds = Readonly<Record<string, string>>;

export function decodeThreshold(value: unknown): Threshold {
  const o = objectOf(value, "threshold");
  const [study = "", ...own] = textAt(o, "name").split(".");
  return {
    study,
    own: own.join("."),
    byDefault: textAt(o, "default"),
    set: Object.entries(decodeOwn(o.set)).map(([of, one]) => ({ of, value: one })),
    unit: textAt(o, "unit"),
    meaning: textAt(o, "meaning"),
  };
}

export function decodeThresholds(value: unknown): Threshold[] {
  return listAt({ thresholds: value }, "thresholds").map(decodeThreshold);
}

export function decodeOwn(value: unknown): OwnThresholds {
  const o = objectOf(value ?? {}, "thresholds");
  for (const [name, one] of Object.entries(o)) {
    if (typeof one !== "string") throw new DecodeError(`threshold ${name}: no text`);
  }
  return o as OwnThresholds;
}

/** Whether it is not the default, of any instrument. */
export function isChanged({ set, byDefault }: Threshold): boolean {
  return set.some(({ value }) => value !== byDefault);
}

/** By study, in the order in which they come. */
export function byStudy(thresholds: readonly Threshold[]): { study: string; of: Threshold[] }[] {
  const studies: { study: string; of: Threshold[] }[] = [];
  for (const threshold of thresholds) {
    const last = studies[studies.length - 1];
    if (last?.study === threshold.study) last.of.push(threshold);
    else studies.push({ study: threshold.study, of: [threshold] });
  }
  return studies;
}

/** A value with its unit; a time has its own. */
export function valueText(value: string, unit: string): string {
  return unit === "" || unit === "time" ? value : `${value} ${unit}`;
}

/** `absorption.expiry 2m, windows.length 2s`; the first ones, where only so many are wanted. */
export function ownText(own: OwnThresholds, most = Number.POSITIVE_INFINITY): string {
  const all = Object.entries(own).map(([name, value]) => `${name} ${value}`);
  const left = all.length - most;
  return all.slice(0, most).join(", ") + (left > 0 ? ` and ${left} more` : "");
}
