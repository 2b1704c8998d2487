import { type FormEvent, useState } from "react";
import { parseSymbols } from "../market/instruments";
import { HISTORICAL_SCHEMAS, useHistory } from "../stores/history";
import { useHint } from "../stores/keymap";
import { useSession } from "../stores/session";
import { SymbolPicker } from "./SymbolPicker";

/** What to see: symbols live, or a range of the past. */
export function Controls() {
  const hint = useHint();
  const [pastOpen, setPastOpen] = useState(false);
  const connection = useSession((s) => s.connection.state);
  const isNew = useSession((s) => parseSymbols(s.symbolsText).join() !== s.connectedTo);
  const connect = useSession((s) => s.connect);
  const disconnect = useSession((s) => s.disconnect);
  const { schema, start, end, loading, set, fetch } = useHistory();
  const isReplay = useSession((s) => s.source?.replay != null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // On a phone what was fetched needs the room.
    void fetch().then(() => setPastOpen(useSession.getState().problem !== null && pastOpen));
  };
  return (
    <form
      className="controls"
      data-past={pastOpen}
      data-settled={connection === "live" && !isNew}
      onSubmit={submit}
      aria-label="Data"
      noValidate
    >
      <SymbolPicker />
      <button
        type="button"
        className="connect"
        disabled={connection === "live" && !isNew}
        onClick={connect}
        title={hint(
          "Stream these symbols: every schema that the source can give, trades, candles and book",
          "connect",
        )}
      >
        Connect live
      </button>
      <button
        type="button"
        disabled={connection === "idle"}
        onClick={disconnect}
        title={hint("Stop the stream; what was shown stays", "disconnect")}
      >
        Disconnect
      </button>
      <span className="rule" />
      <button
        type="button"
        className="past-toggle"
        aria-expanded={pastOpen}
        onClick={() => setPastOpen(!pastOpen)}
      >
        <span>Historical range</span> {pastOpen ? "▴" : "▾"}
      </button>
      <label
        className="field past"
        title="Of what Fetch historical asks for. A live stream always brings trades, candles and the book."
      >
        <span>Schema</span>
        <select value={schema} onChange={(event) => set({ schema: event.target.value })}>
          {HISTORICAL_SCHEMAS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <TimeField
        label="Start"
        value={start}
        empty="15 min before end"
        onChange={(v) => set({ start: v })}
      />
      <TimeField label="End" value={end} empty="now" onChange={(v) => set({ end: v })} />
      <button
        type="submit"
        className="fetch past"
        disabled={loading}
        aria-busy={loading}
        title={hint(
          isReplay ? "Rows of this range, up to the replay's cursor" : "Rows of this range",
          "fetch",
        )}
      >
        {loading ? "Fetching…" : "Fetch historical"}
      </button>
    </form>
  );
}

interface TimeFieldProps {
  label: string;
  value: string;
  empty: string;
  onChange(value: string): void;
}

function TimeField({ label, value, empty, onChange }: TimeFieldProps) {
  return (
    <label className="field past time">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        placeholder={empty}
        title="A time in UTC, such as 2025-09-24T19:30:00Z"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
