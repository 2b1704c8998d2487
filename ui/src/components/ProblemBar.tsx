import { useSession } from "../stores/session";

/** What went wrong, in one line, and what to do. */
export function ProblemBar() {
  const problem = useSession((s) => s.problem);
  const report = useSession((s) => s.report);
  if (problem === null) return null;
  return (
    <div className="problem" role="alert" aria-label="Problem">
      <span>
        <b>{problem.message}</b> {problem.hint}
      </span>
      <button type="button" className="quiet" aria-label="Dismiss" onClick={() => report(null)}>
        ✕
      </button>
    </div>
  );
}
