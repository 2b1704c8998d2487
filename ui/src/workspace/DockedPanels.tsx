import {
  type DockviewApi,
  DockviewReact,
  type DockviewReadyEvent,
  type IDockviewPanelProps,
} from "dockview-react";
import "dockview-react/dist/styles/dockview.css";
import { Activity, useEffect, useRef, useState } from "react";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { useHistory } from "../stores/history";
import { readPanelId } from "../stores/pins";
import { useSession } from "../stores/session";
import { type Dock, useWorkspace } from "../stores/workspace";
import { COMPONENT, keep, kept, layOut, openPanel, restore, shareWidth } from "./layout";
import { Pinned } from "./Pinned";
import { panelNamed } from "./panels";

const THEME = { name: "ticktape", className: "dock-theme", gap: 1 };
const COMPONENTS = { [COMPONENT]: DockedPanel };
const KEEP_MS = 300;

/** The panels of a desktop: moved, split, tabbed and sized by hand, and found again as they were left. */
export default function DockedPanels() {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      useWorkspace.setState({ dock: null });
    },
    [],
  );
  const onReady = ({ api }: DockviewReadyEvent) => {
    // A panel is a landmark of its own: one around it by the same name would only be in the way.
    api.onDidAddGroup((group) => group.element.removeAttribute("role"));
    if (!restore(api, kept())) layOutOnceKnown(api);
    if (useHistory.getState().rows !== null) dockOf(api).show("history");
    useWorkspace.setState({ dock: dockOf(api), open: openIn(api) });
    api.onDidLayoutChange(() => {
      useWorkspace.setState({ open: openIn(api) });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => keep(api), KEEP_MS);
    });
    // What stood where the rows of a fetch were shown stands there again.
    let before: string | null = null;
    api.onDidAddPanel(({ id, group }) => {
      if (id === "history") before = group.panels.find((one) => one.api.isVisible)?.id ?? null;
    });
    api.onDidRemovePanel(({ id }) => {
      if (id !== "history") return;
      useHistory.getState().close();
      if (before !== null) api.getPanel(before)?.api.setActive();
    });
  };
  return (
    <DockviewReact
      theme={THEME}
      components={COMPONENTS}
      onReady={onReady}
      disableFloatingGroups
      scrollbars="native"
    />
  );
}

function depthNow(): string {
  return useSession.getState().source?.depth ?? "";
}

/** Lay out a page that was never laid out: at once, and again where the source turns out to be another kind. */
function layOutOnceKnown(api: DockviewApi): void {
  layOut(api, depthNow());
  if (useSession.getState().source !== null) return;
  const stop = useSession.subscribe(({ source }) => {
    if (source === null) return;
    stop();
    if (source.depth === "trades") layOut(api, source.depth);
  });
}

function openIn(api: DockviewApi): string[] {
  return api.panels.map((panel) => panel.id);
}

function dockOf(api: DockviewApi): Dock {
  return {
    show: (id) => {
      const panel = panelNamed(id);
      if (panel === null) return;
      if (api.getPanel(id) === undefined) {
        const isFirst = !api.panels.some((one) => readPanelId(one.id).symbol !== null);
        openPanel(api, panel);
        if (isFirst && readPanelId(id).symbol !== null) shareWidth(api);
      }
      api.getPanel(id)?.api.setActive();
    },
    close: (id) => api.getPanel(id)?.api.close(),
    isInFront: (id) => api.getPanel(id)?.api.isVisible ?? false,
    toggleMaximized: () => {
      if (api.hasMaximizedGroup()) api.exitMaximizedGroup();
      else if (api.activePanel !== undefined) api.maximizeGroup(api.activePanel);
    },
    move: (direction) =>
      direction === 1
        ? api.moveToNext({ includePanel: true })
        : api.moveToPrevious({ includePanel: true }),
    reset: () => layOut(api, depthNow()),
  };
}

/** One panel in its tab: while another tab is in front, it stands still. */
function DockedPanel({ api }: IDockviewPanelProps) {
  const [visible, setVisible] = useState(api.isVisible);
  useEffect(() => {
    setVisible(api.isVisible);
    const watch = api.onDidVisibilityChange((event) => setVisible(event.isVisible));
    return () => watch.dispose();
  }, [api]);
  const kind = panelNamed(api.id);
  const { symbol } = readPanelId(api.id);
  if (kind === null) return null;
  const Panel = kind.Panel;
  return (
    <Activity mode={visible ? "visible" : "hidden"}>
      <ErrorBoundary>
        {symbol === null ? (
          <Panel />
        ) : (
          <Pinned symbol={symbol}>
            <Panel />
          </Pinned>
        )}
      </ErrorBoundary>
    </Activity>
  );
}
