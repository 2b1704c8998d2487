import { lazy, Suspense } from "react";
import { CommandPalette } from "../palette/CommandPalette";
import { SymbolSearch } from "../palette/SymbolSearch";
import { useOverlay } from "../stores/overlay";
import { HelpOverlay } from "./HelpOverlay";
import "../styles/overlays.css";

const SettingsDialog = lazy(() => import("../settings/SettingsDialog"));

/** Whatever lies over the page. */
export function Overlays() {
  const open = useOverlay((s) => s.open);
  const close = useOverlay((s) => s.close);
  switch (open) {
    case "help":
      return <HelpOverlay onClose={close} />;
    case "palette":
      return <CommandPalette onClose={close} />;
    case "symbols":
      return <SymbolSearch onClose={close} />;
    case "settings":
      return (
        <Suspense fallback={null}>
          <SettingsDialog onClose={close} />
        </Suspense>
      );
    default:
      return null;
  }
}
