export type PanelName = "Chart" | "Book" | "Tape" | "History";

interface PanelTabsProps {
  panel: PanelName;
  hasHistory: boolean;
  onPick(panel: PanelName): void;
}

/** On a phone there is room for one panel at a time. */
export function PanelTabs({ panel, hasHistory, onPick }: PanelTabsProps) {
  const names: PanelName[] = ["Chart", "Book", "Tape"];
  if (hasHistory) names.push("History");
  return (
    <div className="panel-tabs" role="tablist" aria-label="Panels">
      {names.map((name) => (
        <button
          type="button"
          role="tab"
          key={name}
          aria-selected={name === panel}
          onClick={() => onPick(name)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
