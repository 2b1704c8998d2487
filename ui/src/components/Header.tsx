import { useSession } from "../stores/session";
import { toggleColours, toggleTheme, toggleZone, useSettings } from "../stores/settings";
import { Connection } from "./Connection";
import { PanelsMenu } from "./PanelsMenu";
import { TrustMarks } from "./TrustMarks";

export function Header({ onHelp }: { onHelp: () => void }) {
  const source = useSession((s) => s.source);
  const { theme, colours, zone } = useSettings();
  return (
    <header className="header">
      <h1 className="brand">
        <img src="/icon.svg" alt="" width="20" height="20" />
        ticktape
      </h1>
      {source !== null && <TrustMarks source={source} />}
      <span className="spring" />
      <Connection />
      <div className="view-buttons">
        <PanelsMenu />
        <button type="button" className="quiet" onClick={toggleZone} title="UTC or local time (U)">
          {zone === "utc" ? "UTC" : "Local"}
        </button>
        <button
          type="button"
          className="quiet"
          aria-pressed={colours === "safe"}
          onClick={toggleColours}
          title="Colour-blind-safe colours (C)"
          aria-label="Colour-blind-safe colours"
        >
          <span className="swatch buy" />
          <span className="swatch sell" />
        </button>
        <button
          type="button"
          className="quiet"
          onClick={toggleTheme}
          title="Dark or light (T)"
          aria-label={theme === "dark" ? "Light theme" : "Dark theme"}
        >
          {theme === "dark" ? "☀" : "☾"}
        </button>
        <button type="button" className="quiet" onClick={onHelp} title="Keys (?)" aria-label="Keys">
          ?
        </button>
      </div>
    </header>
  );
}
