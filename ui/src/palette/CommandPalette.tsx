import { useMemo, useState } from "react";
import { ACTIONS } from "../keys/actions";
import { carryOut } from "../keys/carryOut";
import { keysOf } from "../keys/keymap";
import { strokeText } from "../keys/strokes";
import { searchSymbols } from "../market/instruments";
import { useKeymap } from "../stores/keymap";
import { showBeside, showSymbol } from "../stores/pins";
import { useSession } from "../stores/session";
import { showPanel, useWorkspace } from "../stores/workspace";
import { PANELS } from "../workspace/panels";
import { bestMatches, matchOf } from "./matching";
import { type Entry, PickList } from "./PickList";
import { kindOf } from "./SymbolSearch";

const MOST = 60;
const MOST_SYMBOLS = 6;

/** Everything that the page can do, by name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const rebound = useKeymap((s) => s.rebound);
  const isReplay = useSession((s) => s.source?.replay != null);
  const symbols = useSession((s) => s.symbols);
  const open = useWorkspace((s) => s.open);
  const entries = useMemo((): Entry[] => {
    const does = ACTIONS.filter((one) => one.id !== "palette" && (isReplay || one.replay !== true));
    const actions = does.map((one) => ({
      name: one.title,
      said: `${one.title} ${one.group}`,
      entry: {
        key: one.id,
        name: one.title,
        note: keysOf(one.id, rebound).map((key) => <kbd key={key}>{strokeText(key)}</kbd>),
        pick: () => carryOut(one.id),
      },
    }));
    const panels = PANELS.filter((one) => one.onDemand !== true).map((one) => ({
      name: `Panel: ${one.title}`,
      said: `${one.title} panel`,
      entry: {
        key: `panel ${one.id}`,
        name: `Panel: ${one.title}`,
        note: open.includes(one.id) ? "open" : "",
        pick: () => showPanel(one.id),
      },
    }));
    const all = [...actions, ...panels];
    const found = bestMatches(all, (one) => one.said, typed, MOST).map((one) => one.entry);
    if (typed.trim() === "") return found;
    const named = searchSymbols(symbols, typed.trim(), MOST_SYMBOLS).map((one) => ({
      key: `symbol ${one.symbol}`,
      name: `Show ${one.symbol}`,
      note: kindOf(one),
      pick: (withShift: boolean) => (withShift ? showBeside : showSymbol)(one.symbol),
    }));
    // Whoever types a symbol's beginning means it, unless a command begins so too.
    const isCommand = all.some((one) => matchOf(one.name, typed) === 0);
    return isCommand ? [...found, ...named] : [...named, ...found];
  }, [typed, rebound, isReplay, symbols, open]);
  return (
    <PickList
      label="Commands"
      placeholder="What to do, or a symbol"
      typed={typed}
      onType={setTyped}
      entries={entries}
      none="Nothing is called that."
      foot="↑ ↓ choose · Enter does it · Esc closes"
      onClose={onClose}
    />
  );
}
