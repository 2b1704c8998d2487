import { useEffect } from "react";
import { startAlerting } from "./alerts/alerting";
import { Controls } from "./components/Controls";
import { Header } from "./components/Header";
import { InstrumentTabs } from "./components/InstrumentTabs";
import { Overlays } from "./components/Overlays";
import { ProblemBar } from "./components/ProblemBar";
import { ReplayBar } from "./components/ReplayBar";
import { Flash } from "./components/Toasts";
import { useKeys } from "./keys/useKeys";
import { startSync } from "./settings/sync";
import { useSession } from "./stores/session";
import { useSettings } from "./stores/settings";
import { Workspace } from "./workspace/Workspace";

let started = false;

export function App() {
  const theme = useSettings((s) => s.theme);
  const colours = useSettings((s) => s.colours);
  useKeys();

  useEffect(() => {
    if (started) return;
    started = true;
    startSync();
    startAlerting();
    void useSession.getState().start();
  }, []);

  return (
    <div className="app" data-theme={theme} data-colours={colours}>
      <Header />
      <Controls />
      <ProblemBar />
      <InstrumentTabs />
      <Workspace />
      <ReplayBar />
      <Flash />
      <Overlays />
    </div>
  );
}
