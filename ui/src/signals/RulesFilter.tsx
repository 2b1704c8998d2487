import { useCallback, useEffect, useState } from "react";
import { fetchSessions } from "../api/flowHttp";
import { Choice } from "./SignalFilters";
import type { FlowSession } from "./signal";
import { ownText } from "./thresholds";

const MOST = 100;

interface RulesFilterProps {
  /** Empty: those in use; else as `rules=` of the server has it. */
  rules: string;
  onChange(rules: string): void;
}

/** By which thresholds the signals were made that are seen: those in use, or any that some are kept of. */
export function RulesFilter({ rules, onChange }: RulesFilterProps) {
  const [sessions, setSessions] = useState<readonly FlowSession[]>([]);
  const ask = useCallback(() => {
    // Without an answer there are fewer choices; whatever is wrong, the list below says it.
    fetchSessions(MOST, "all").then(setSessions, () => {});
  }, []);
  useEffect(ask, [ask]);
  return (
    <fieldset className="signal-filters" onFocus={ask}>
      <legend className="unseen">Thresholds</legend>
      <Choice
        label="Thresholds"
        all="Thresholds in use"
        value={rules}
        choices={[["all", "Any thresholds"], ["default", "Default thresholds"], ...own(sessions)]}
        onChange={onChange}
      />
    </fieldset>
  );
}

/** Each set of thresholds that sessions are kept of, other than the defaults, once. */
function own(sessions: readonly FlowSession[]): (readonly [string, string])[] {
  const texts = new Map<string, string>();
  for (const { rules, thresholds } of sessions) {
    if (rules !== "") texts.set(rules, `${rules}: ${ownText(thresholds, 1)}`);
  }
  return [...texts];
}
