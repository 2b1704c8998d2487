import { useEffect, useState } from "react";
import { BookPanel } from "./components/BookPanel";
import { ChartPanel } from "./components/ChartPanel";
import { Controls } from "./components/Controls";
import { Header } from "./components/Header";
import { HelpOverlay } from "./components/HelpOverlay";
import { HistoryPanel } from "./components/HistoryPanel";
import { InstrumentTabs } from "./components/InstrumentTabs";
import { type PanelName, PanelTabs } from "./components/PanelTabs";
import { ProblemBar } from "./components/ProblemBar";
import { ReplayBar } from "./components/ReplayBar";
import { TapePanel } from "./components/TapePanel";
import { useKeys } from "./keys/useKeys";
import { useHistory } from "./stores/history";
import { useSession } from "./stores/session";
import { useSettings } from "./stores/settings";

let started = false;

export function App() {
  const [helpOpen, setHelpOpen] = useState(false);
  const [panel, setPanel] = useState<PanelName>("Chart");
  const theme = useSettings((s) => s.theme);
  const colours = useSettings((s) => s.colours);
  const hasHistory = useHistory((s) => s.rows !== null);
  useKeys(helpOpen, setHelpOpen);

  useEffect(() => {
    if (started) return;
    started = true;
    void useSession.getState().start();
  }, []);
  useEffect(() => {
    if (hasHistory) setPanel("History");
    else setPanel((now) => (now === "History" ? "Chart" : now));
  }, [hasHistory]);

  return (
    <div className="app" data-theme={theme} data-colours={colours}>
      <Header onHelp={() => setHelpOpen(true)} />
      <Controls />
      <ProblemBar />
      <InstrumentTabs />
      <PanelTabs panel={panel} hasHistory={hasHistory} onPick={setPanel} />
      <main className="panels" data-panel={panel} data-history={hasHistory}>
        <ChartPanel />
        {hasHistory && <HistoryPanel />}
        <TapePanel />
        <BookPanel />
      </main>
      <ReplayBar />
      {helpOpen && <HelpOverlay onClose={() => setHelpOpen(false)} />}
    </div>
  );
}
