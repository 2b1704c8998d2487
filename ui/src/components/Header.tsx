import { useHint } from "../stores/keymap";
import { useOverlay } from "../stores/overlay";
import { useSession } from "../stores/session";
import { toggleColours, toggleTheme, toggleZone, useSettings } from "../stores/settings";
import { Connection } from "./Connection";
import { PanelsMenu } from "./PanelsMenu";
import { Toasts } from "./Toasts";
import { TrustMarks } from "./TrustMarks";

export function Header() {
  const source = useSession((s) => s.source);
  const { theme, colours, zone } = useSettings();
  const hint = useHint();
  const show = useOverlay((s) => s.show);
  return (
    <header className="header">
      <h1 className="brand">
        <img src="/icon.svg" alt="" width="20" height="20" />
        ticktape
      </h1>
      {source !== null && <TrustMarks source={source} />}
      <Toasts />
      <Connection />
      <div className="view-buttons">
        <PanelsMenu />
        <button
          type="button"
          className="quiet"
          onClick={toggleZone}
          title={hint("UTC or local time", "zone")}
        >
          {zone === "utc" ? "UTC" : "Local"}
        </button>
        <button
          type="button"
          className="quiet"
          aria-pressed={colours === "safe"}
          onClick={toggleColours}
          title={hint("Colour-blind-safe colours", "colours")}
          aria-label="Colour-blind-safe colours"
        >
          <span className="swatch buy" />
          <span className="swatch sell" />
        </button>
        <button
          type="button"
          className="quiet"
          onClick={toggleTheme}
          title={hint("Dark or light", "theme")}
          aria-label={theme === "dark" ? "Light theme" : "Dark theme"}
        >
          {theme === "dark" ? "☀" : "☾"}
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => show("palette")}
          title={hint("Every command, by name", "palette")}
          aria-label="Commands"
        >
          ⌕
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => show("settings")}
          title={hint("Settings", "settings")}
          aria-label="Settings"
        >
          ⚙
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => show("help")}
          title={hint("Keys", "help")}
          aria-label="Keys"
        >
          ?
        </button>
      </div>
    </header>
  );
}
