import { useEffect, useRef } from "react";
import { keyText, useHint } from "../stores/keymap";
import { readPanelId } from "../stores/pins";
import { useWorkspace } from "../stores/workspace";
import { LASTING, type PanelKind, panelNamed } from "../workspace/panels";

/** Which panels are open; where the dock is absent, as on a phone, so is this. */
export function PanelsMenu() {
  const { dock, open, menuOpen, setMenuOpen } = useWorkspace();
  const hint = useHint();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!menuOpen) return;
    box.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const onDown = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setMenuOpen(false);
    };
    window.addEventListener("pointerdown", onDown);
    return () => window.removeEventListener("pointerdown", onDown);
  }, [menuOpen, setMenuOpen]);
  if (dock === null) return null;
  const toggle = (id: string) => (open.includes(id) ? dock.close(id) : dock.show(id));
  const moveFocus = (key: string) => {
    const items = [...(box.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const step = key === "ArrowDown" ? 1 : -1;
    items[(at + step + items.length) % items.length]?.focus();
  };
  return (
    <div className="panels-menu" ref={box}>
      <button
        type="button"
        className="quiet"
        aria-haspopup="menu"
        aria-expanded={menuOpen}
        title={hint("Open and close panels, reset the layout", "panels")}
        onClick={() => setMenuOpen(!menuOpen)}
      >
        Panels
      </button>
      {menuOpen && (
        <div
          className="menu"
          role="menu"
          aria-label="Panels"
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
            event.preventDefault();
            event.stopPropagation();
            moveFocus(event.key);
          }}
        >
          {[...LASTING, ...pinnedOf(open)].map(({ id, title }) => (
            <button
              type="button"
              role="menuitemcheckbox"
              key={id}
              aria-checked={open.includes(id)}
              onClick={() => toggle(id)}
            >
              {title}
            </button>
          ))}
          <hr />
          <button type="button" role="menuitem" onClick={() => dock.toggleMaximized()}>
            Maximise or restore <kbd>{keyText("maximise")}</kbd>
          </button>
          <button type="button" role="menuitem" onClick={() => dock.reset()}>
            Reset layout
          </button>
        </div>
      )}
    </div>
  );
}

/** Panels of other symbols: closed, they are gone. */
function pinnedOf(open: readonly string[]): PanelKind[] {
  const pinned = open.filter((id) => readPanelId(id).symbol !== null);
  return pinned.flatMap((id) => panelNamed(id) ?? []);
}
