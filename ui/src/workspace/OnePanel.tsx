import { useHistory } from "../stores/history";
import { useSession } from "../stores/session";
import { useWorkspace } from "../stores/workspace";
import { arranged, PANELS, panelNamed } from "./panels";

/** On a phone there is room for one panel at a time. */
export function OnePanel() {
  const { picked, pick } = useWorkspace();
  const hasHistory = useHistory((s) => s.rows !== null);
  const depth = useSession((s) => s.source?.depth ?? "");
  const shown = (picked === null ? null : panelNamed(picked)) ?? arranged(depth)[0] ?? null;
  return (
    <>
      <div className="panel-tabs" role="tablist" aria-label="Panels">
        {PANELS.filter(({ onDemand }) => onDemand !== true || hasHistory).map(({ id, title }) => (
          <button
            type="button"
            role="tab"
            key={id}
            aria-selected={id === shown?.id}
            onClick={() => pick(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <main className="workspace">{shown !== null && <shown.Panel />}</main>
    </>
  );
}
