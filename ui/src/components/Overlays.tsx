import { CommandPalette } from "../palette/CommandPalette";
import { SymbolSearch } from "../palette/SymbolSearch";
import { SettingsDialog } from "../settings/SettingsDialog";
import { useOverlay } from "../stores/overlay";
import { HelpOverlay } from "./HelpOverlay";
import "../styles/overlays.css";

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
      return <SettingsDialog onClose={close} />;
    default:
      return null;
  }
}
