import { useEffect, useState } from "react";
import { Controls } from "./components/Controls";
import { Header } from "./components/Header";
import { HelpOverlay } from "./components/HelpOverlay";
import { InstrumentTabs } from "./components/InstrumentTabs";
import { ProblemBar } from "./components/ProblemBar";
import { ReplayBar } from "./components/ReplayBar";
import { useKeys } from "./keys/useKeys";
import { useSession } from "./stores/session";
import { useSettings } from "./stores/settings";
import { Workspace } from "./workspace/Workspace";

let started = false;

export function App() {
  const [helpOpen, setHelpOpen] = useState(false);
  const theme = useSettings((s) => s.theme);
  const colours = useSettings((s) => s.colours);
  useKeys(helpOpen, setHelpOpen);

  useEffect(() => {
    if (started) return;
    started = true;
    void useSession.getState().start();
  }, []);

  return (
    <div className="app" data-theme={theme} data-colours={colours}>
      <Header onHelp={() => setHelpOpen(true)} />
      <Controls />
      <ProblemBar />
      <InstrumentTabs />
      <Workspace />
      <ReplayBar />
      {helpOpen && <HelpOverlay onClose={() => setHelpOpen(false)} />}
    </div>
  );
}
