import { useEffect, useState } from "react";
import { fetchThresholds } from "../api/flowHttp";
import { problemOf } from "../api/http";
import type { Problem } from "../api/messages";
import { byStudy, isChanged, type Threshold, valueText } from "../signals/thresholds";
import { Check } from "./Setting";

/** By which thresholds the studies tell signals: told here, and set where the server is started. */
export function StudySettings() {
  const [thresholds, setThresholds] = useState<readonly Threshold[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isAll, setAll] = useState<boolean | null>(null);
  useEffect(() => {
    const mine = new AbortController();
    fetchThresholds(mine.signal)
      .then(setThresholds)
      .catch((error) => !mine.signal.aborted && setProblem(problemOf(error)));
    return () => mine.abort();
  }, []);
  if (problem !== null) {
    return (
      <p className="empty">
        {problem.message} {problem.hint}
      </p>
    );
  }
  if (thresholds === null) return <p className="empty">…</p>;
  const changed = thresholds.filter(isChanged);
  // Nothing is changed on most desks: then the whole list says more than an empty one.
  const shown = (isAll ?? changed.length === 0) ? thresholds : changed;
  return (
    <>
      <p className="keys-head">
        {changed.length === 0
          ? "Signals are made by the default thresholds."
          : `Of ${thresholds.length} thresholds ${changed.length} ${changed.length === 1 ? "is" : "are"} not the default.`}{" "}
        They are set where the server is started: --set STUDY.THRESHOLD=VALUE, or the section flow
        of its settings.
      </p>
      <Check
        name="Defaults too"
        checked={shown === thresholds}
        onChange={(chosen) => setAll(chosen)}
      />
      {byStudy(shown).map(({ study, of }) => (
        <section key={study} aria-label={study}>
          <h3>{study}</h3>
          <ul>
            {of.map((one) => (
              <ThresholdRow key={one.own} threshold={one} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function ThresholdRow({ threshold }: { threshold: Threshold }) {
  const { own, byDefault, set, unit, meaning } = threshold;
  return (
    <li className="threshold" data-changed={isChanged(threshold)}>
      <code>{own}</code>
      <span className="values">
        {set.map(({ of, value }) => (
          <b key={of}>
            {of === "all" ? "" : `${of}: `}
            {valueText(value, unit)}
          </b>
        ))}
        <span>
          {set.length > 0 && "default "}
          {valueText(byDefault, unit)}
        </span>
      </span>
      <p>{meaning.replaceAll("`", "")}</p>
    </li>
  );
}
